import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { choose, closeToast, finishAll, say, toasts, undoable } from './toasts.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  finishAll();
  vi.useRealTimers();
});

describe('what can be undone', () => {
  function begin() {
    const done: string[] = [];
    undoable('gone', 'Undo', { undo: () => done.push('undone'), run: () => done.push('done') });
    return done;
  }

  it('is done once its toast goes', () => {
    const done = begin();
    expect(done).toEqual([]);
    vi.runAllTimers();
    expect(done).toEqual(['done']);
    expect(toasts).toHaveLength(0);
  });

  it('is not done when it was undone', () => {
    const done = begin();
    choose(toasts[0]!.id);
    vi.runAllTimers();
    expect(done).toEqual(['undone']);
  });

  it('is done at once when its toast is closed or the page is left, and only once', () => {
    const one = begin();
    closeToast(toasts[0]!.id);
    const other = begin();
    finishAll();
    vi.runAllTimers();
    expect([one, other]).toEqual([['done'], ['done']]);
  });

  it('is done when newer toasts take its place', () => {
    const done = begin();
    for (let n = 0; n < 10; n += 1) say(`word ${n}`);
    expect(done).toEqual(['done']);
    expect(toasts.length).toBeLessThanOrEqual(4);
  });
});
