// Long lists in slabs: only what is near the window is in the page, the rest keeps its room.

export interface Slab { offset: number; limit: number }

/** A list of `total` in pieces of `size`. */
export function slabsOf(total: number, size: number): Slab[] {
  return Array.from({ length: Math.ceil(total / size) }, (_, index) => ({
    offset: index * size,
    limit: Math.min(size, total - index * size),
  }));
}

type Seen = (near: boolean) => void;
let watcher: IntersectionObserver | null = null;
const watched = new Map<Element, Seen>();

/** Tell whether an element is near the window; one observer for all. Use as an attachment: `{@attach near((is) => …)}`. */
export function near(tell: Seen): (element: Element) => () => void {
  return (element) => {
    watcher ??= new IntersectionObserver((entries) => entries.forEach((entry) => watched.get(entry.target)?.(entry.isIntersecting)), {
      // About a window's height: what is scrolled to next is there already, and no more is drawn than that.
      rootMargin: `${Math.min(900, innerHeight)}px 0px`,
    });
    watched.set(element, tell);
    watcher.observe(element);
    return () => {
      watcher?.unobserve(element);
      watched.delete(element);
    };
  };
}
