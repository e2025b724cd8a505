// What only the recording's page asks of the box.
import { ApiError, call, errorFrom, type RecutAsked, type Rules, type Segment } from '../api';

export interface HandAsked extends RecutAsked {
  parts?: [number, number][];
}
export interface PreviewCut {
  start_s: number;
  end_s: number;
  score: number;
  title: string;
}
export interface Preview {
  segments: Segment[];
  cuts: PreviewCut[];
  reel_s: number;
  moments: number;
  thresholds: Rules & { parts?: number | null };
  before: { reel_s: number; moments: number };
}
export interface Thumbnails {
  item_id: string;
  url: string;
  columns: number;
  rows: number;
  width_px: number;
  height_px: number;
  times_s: number[];
}
export interface RestPiece {
  start_s: number;
  end_s: number;
  film_at_s: number;
}
export interface Rest {
  item_id: string;
  url: string | null;
  speed: number;
  rest_s: number;
  film_s: number;
  pieces: RestPiece[];
}

const at = (itemId: string) => `/api/items/${encodeURIComponent(itemId)}`;

export const preview = (itemId: string, asked: HandAsked, signal: AbortSignal) =>
  call<Preview>(`${at(itemId)}/preview`, { method: 'POST', json: asked, signal });
export const recut = (itemId: string, asked: HandAsked) => call(`${at(itemId)}/recut`, { method: 'POST', json: asked });
export const thumbnails = (itemId: string) => call<Thumbnails>(`${at(itemId)}/thumbnails`);
export const rest = (itemId: string) => call<Rest>(`${at(itemId)}/rest`);
export const originalUrl = (itemId: string, part: number) => `${at(itemId)}/original?part=${part}`;
export const packUrl = (itemId: string) => `${at(itemId)}/pack.zip`;

const PATIENCE = 60;

/** Ask for a film or picture until it is made; the answer is true once it is there. Raises ApiError. */
export async function made(url: string, signal: AbortSignal): Promise<boolean> {
  for (let turn = 0; turn < PATIENCE && !signal.aborted; turn++) {
    let answer: Response;
    try {
      answer = await fetch(url, { headers: { Range: 'bytes=0-0' }, credentials: 'same-origin', signal });
    } catch (error) {
      if (signal.aborted) return false;
      throw error instanceof ApiError ? error : new ApiError(0, '');
    }
    if (!answer.ok) throw await errorFrom(answer);
    void answer.body?.cancel();
    if (answer.status !== 202) return true;
    await new Promise((go) => setTimeout(go, 1000 * Math.min(10, Number(answer.headers.get('Retry-After')) || 2)));
  }
  return false;
}
