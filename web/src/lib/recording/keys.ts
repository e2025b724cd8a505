// Which key does what on the recording's page.
export type Act =
  | 'play' | 'back' | 'pause' | 'faster'
  | 'frameBack' | 'frameOn' | 'secondBack' | 'secondOn'
  | 'momentBefore' | 'momentAfter'
  | 'begin' | 'end' | 'add' | 'split' | 'drop'
  | 'undo' | 'redo' | 'closer' | 'farther' | 'all' | 'help';

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const PLAIN: Record<string, Act> = {
  ' ': 'play', j: 'back', k: 'pause', l: 'faster',
  arrowleft: 'frameBack', arrowright: 'frameOn', arrowup: 'momentBefore', arrowdown: 'momentAfter',
  i: 'begin', o: 'end', a: 'add', s: 'split', delete: 'drop', backspace: 'drop',
  '+': 'closer', '=': 'closer', '-': 'farther', '0': 'all', '?': 'help',
};

/** Acts that change the reel. */
export const CHANGING: ReadonlySet<Act> = new Set(['begin', 'end', 'add', 'split', 'drop', 'undo', 'redo']);

/** What a key does; null when it is not ours. */
export function actOf(pressed: Pressed): Act | null {
  const key = pressed.key.toLowerCase();
  if (pressed.altKey) return null;
  if (pressed.ctrlKey || pressed.metaKey) {
    if (key === 'z') return pressed.shiftKey ? 'redo' : 'undo';
    return key === 'y' ? 'redo' : null;
  }
  if (pressed.shiftKey && key === 'arrowleft') return 'secondBack';
  if (pressed.shiftKey && key === 'arrowright') return 'secondOn';
  return PLAIN[key] ?? null;
}

/** Whether a press belongs to what has the focus: somebody writes, moves a slider, or presses a button. */
export function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('dialog, select, textarea, input:not([type=range]), [contenteditable]')) return true;
  const isArrow = key.startsWith('Arrow');
  if (target.closest('input[type=range], [role=slider], [role=tablist]')) return isArrow || key === 'Home' || key === 'End';
  return target.closest('button, a, summary') !== null && (key === ' ' || key === 'Enter');
}
