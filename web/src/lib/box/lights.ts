import type { Box } from '../api';
import type { Key } from '../i18n/language.svelte';

export const NAMES = ['footage', 'work', 'reels', 'disk', 'models'] as const;
export type LightName = (typeof NAMES)[number];
export type LightColour = 'green' | 'amber' | 'red' | 'off';

/** One of the box's own sentences, or one of the page's. */
export type Said = { text: string } | { key: Key; values?: Record<string, string | number> };

export interface BoxLight {
  name: LightName;
  colour: LightColour;
  reasons: { why: Said; remedy: Said | null }[];
}

export interface Health {
  ok: boolean;
  reasons: string[];
}

const DAY_S = 86_400;
const GOES_SOON_S = 2 * DAY_S;
/** Which light a notice of the box belongs to, by the beginning of its key; whatever else comes up is about work. */
const NOTICES: [RegExp, LightName][] = [
  [/^disk/, 'disk'],
  [/^(share|intake|footage|watch|samba)/, 'footage'],
  [/^(reel|retention|keep)/, 'reels'],
  [/^(model|pose|gpu)/, 'models'],
];
const PROBES: [RegExp, LightName, Key][] = [
  [/^disk/, 'disk', 'box.why.diskFull'],
  [/^ledger|^bus|^nats/, 'work', 'box.why.ledger'],
  [/^book/, 'work', 'box.why.book'],
];

/** The five lights, in their order. Amber: somebody should do something; red: something does not work. */
export function lightsOf(box: Box, health: Health | null): BoxLight[] {
  const lights = Object.fromEntries(NAMES.map((name) => [name, { name, colour: 'green', reasons: [] }])) as unknown as Record<LightName, BoxLight>;
  const raise = (name: LightName, colour: LightColour, why: Said, remedy: Said | null): void => {
    const light = lights[name];
    if (rank(colour) > rank(light.colour)) light.colour = colour;
    light.reasons.push({ why, remedy });
  };
  for (const reason of health?.reasons ?? []) {
    const [, name, key] = PROBES.find(([pattern]) => pattern.test(reason)) ?? [null, 'work', 'box.why.unknown'] as const;
    if (name === 'disk') continue;
    raise(name, 'red', { key, values: { said: reason } }, { key: 'box.remedy.restart' });
  }
  for (const notice of box.notices) {
    const name = NOTICES.find(([pattern]) => pattern.test(notice.key))?.[1] ?? 'work';
    const isFull = name === 'disk' && box.disk_free_bytes < box.disk_floor_bytes;
    raise(name, isFull ? 'red' : 'amber', { text: notice.error }, notice.remedy ? { text: notice.remedy } : null);
  }
  for (const found of box.lights) {
    const name = NAMES.find((each) => each === found.name);
    // The disk's room is said once: by a notice, or below.
    if (name === undefined || name === 'disk' || found.state === 'ok') continue;
    raise(name, found.state === 'bad' ? 'red' : 'amber', { text: found.why }, found.remedy ? { text: found.remedy } : null);
  }
  diskLight(box, raise, lights.disk);
  if (lights.disk.colour === 'red') raise('footage', 'amber', { key: 'box.why.footageWaits' }, { key: 'box.remedy.makeRoom' });
  if (lights.work.colour === 'red') raise('footage', 'amber', { key: 'box.why.footageSafe' }, null);
  if (box.dead_letters > 0) raise('work', 'amber', { key: 'box.why.givenUp', values: { n: box.dead_letters } }, { key: 'box.remedy.givenUp' });
  const soon = box.expiring.filter((reel) => reel.expires_at_s - box.now_s < GOES_SOON_S).length;
  if (soon > 0) raise('reels', 'amber', { key: 'box.why.goesSoon', values: { n: soon } }, { key: 'box.remedy.goesSoon' });
  for (const each of box.choices?.fell_back ?? []) raise('models', 'amber', { text: each }, { key: 'box.remedy.fellBack' });
  if (!box.lights.some(({ name }) => name === 'models') && lights.models.reasons.length === 0) lights.models.colour = 'off';
  return NAMES.map((name) => withCalm(lights[name], box));
}

function diskLight(box: Box, raise: (name: LightName, colour: LightColour, why: Said, remedy: Said | null) => void, disk: BoxLight): void {
  const share = box.disk_total_bytes > 0 ? box.disk_free_bytes / box.disk_total_bytes : 0;
  if (box.disk_free_bytes < box.disk_floor_bytes) {
    disk.colour = 'red';
    if (disk.reasons.length === 0) raise('disk', 'red', { key: 'box.why.diskFull' }, { key: 'box.remedy.makeRoom' });
  } else if (disk.reasons.length === 0 && (box.disk_free_bytes < 2 * box.disk_floor_bytes || share < 0.05)) {
    raise('disk', 'amber', { key: 'box.why.diskLow' }, { key: 'box.remedy.makeRoom' });
  }
}

/** A light that is green says why, too. */
function withCalm(light: BoxLight, box: Box): BoxLight {
  if (light.reasons.length > 0) return light;
  const waiting = Object.values(box.orders).reduce((all, count) => all + count, 0);
  const calm: Record<LightName, Said> = {
    footage: { key: 'box.calm.footage' },
    work: waiting > 0 ? { key: 'box.calm.working', values: { n: waiting } } : { key: 'box.calm.idle' },
    reels: { key: box.last_reel_at_s === null ? 'box.calm.noReels' : 'box.calm.reels' },
    disk: { key: 'box.calm.disk' },
    models: { key: light.colour === 'off' ? 'box.calm.modelsUnknown' : 'box.calm.models' },
  };
  return { ...light, reasons: [{ why: calm[light.name], remedy: null }] };
}

const rank = (colour: LightColour): number => ['off', 'green', 'amber', 'red'].indexOf(colour);

/** The worst of them: what the page says first. */
export function worstOf(lights: readonly BoxLight[]): LightColour {
  return lights.reduce<LightColour>((worst, light) => (rank(light.colour) > rank(worst) ? light.colour : worst), 'green');
}

/** How full the disk is, for its bar: shares of the whole. */
export function diskShares(box: Box): { used: number; floor: number } {
  if (box.disk_total_bytes <= 0) return { used: 0, floor: 0 };
  return { used: 1 - box.disk_free_bytes / box.disk_total_bytes, floor: Math.min(1, box.disk_floor_bytes / box.disk_total_bytes) };
}
