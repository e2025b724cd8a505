// Where one is: the address bar, read as one of few places.
import { readable, type Readable } from 'svelte/store';

export type Place =
  | { page: 'home' }
  | { page: 'recording'; id: string }
  | { page: 'cards' }
  | { page: 'card'; id: string }
  | { page: 'box' }
  | { page: 'tv' }
  | { page: 'nowhere' };

const PATTERNS: [RegExp, (id: string) => Place][] = [
  [/^\/$/, () => ({ page: 'home' })],
  [/^\/recordings\/([A-Za-z0-9_-]{1,64})$/, (id) => ({ page: 'recording', id })],
  [/^\/cards$/, () => ({ page: 'cards' })],
  [/^\/cards\/([A-Za-z0-9_-]{1,64})$/, (id) => ({ page: 'card', id })],
  [/^\/box$/, () => ({ page: 'box' })],
  [/^\/tv$/, () => ({ page: 'tv' })],
];

/** The place that a path names. */
export function placeOf(path: string): Place {
  const plain = path.length > 1 ? path.replace(/\/+$/, '') : path;
  for (const [pattern, make] of PATTERNS) {
    const match = pattern.exec(plain);
    if (match) return make(match[1] ?? '');
  }
  return { page: 'nowhere' };
}

/** The path of a place. */
export function pathOf(place: Place): string {
  switch (place.page) {
    case 'recording':
      return `/recordings/${place.id}`;
    case 'card':
      return `/cards/${place.id}`;
    case 'home':
    case 'nowhere':
      return '/';
    default:
      return `/${place.page}`;
  }
}

const MOVED = 'rinkreel:moved';

/** Go somewhere without loading the page anew. */
export function goTo(place: Place | string, { replace = false } = {}): void {
  const path = typeof place === 'string' ? place : pathOf(place);
  history[replace ? 'replaceState' : 'pushState'](null, '', path);
  dispatchEvent(new Event(MOVED));
  scrollTo(0, 0);
}

/** Whether a click on a link of ours is for us to follow: not with a modifier, not to elsewhere, not a download. */
export function isOurs(event: MouseEvent, link: HTMLAnchorElement): boolean {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return false;
  if (link.target || link.hasAttribute('download') || link.origin !== location.origin) return false;
  return placeOf(link.pathname).page !== 'nowhere';
}

/** Follow links of ours in place; put once on the document. */
export function followLinks(): () => void {
  const follow = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || !isOurs(event, link)) return;
    event.preventDefault();
    goTo(link.pathname + link.search + link.hash);
  };
  document.addEventListener('click', follow);
  return () => document.removeEventListener('click', follow);
}

/** Where one is, now. */
export const place: Readable<Place> = readable<Place>({ page: 'home' }, (set) => {
  const look = () => set(placeOf(location.pathname));
  look();
  addEventListener('popstate', look);
  addEventListener(MOVED, look);
  return () => {
    removeEventListener('popstate', look);
    removeEventListener(MOVED, look);
  };
});
