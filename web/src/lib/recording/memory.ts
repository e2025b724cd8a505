// Where somebody stopped watching a reel, on this device.
interface Place {
  at: number;
  cut: number;
  length: number;
}
const KEPT = 'rinkreel.places';
const MOST = 100;
const AT_LEAST_S = 4;

function read(): [string, Place][] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(kept) ? (kept as [string, Place][]) : [];
  } catch {
    return [];
  }
}

/** A reel that was hardly begun, or seen to its end, begins anew. */
export function isWorthIt({ at, length }: Pick<Place, 'at' | 'length'>): boolean {
  return at > AT_LEAST_S && at < length - AT_LEAST_S;
}

export function remember(itemId: string, place: Place): void {
  const others = read().filter(([id]) => id !== itemId);
  const kept = isWorthIt(place) ? [...others, [itemId, place]] : others;
  try {
    localStorage.setItem(KEPT, JSON.stringify(kept.slice(-MOST)));
  } catch {
    // A browser that keeps nothing begins at the beginning.
  }
}

/** Where it was; null for another cut, as other things are there now. */
export function remembered(itemId: string, cut: number): number | null {
  const found = read().find(([id]) => id === itemId)?.[1];
  return found && found.cut === cut && Number.isFinite(found.at) ? found.at : null;
}
