import { isMoving, isOver, type Upload } from './kinds';

export interface Summary {
  total: number;
  over: number;
  failed: number;
  /** Uploads that go on by themselves. */
  moving: number;
  paused: number;
  /** Uploads whose file has to be picked again. */
  lost: number;
  arriving: number;
  share: number;
  secondsLeft: number | null;
  /** Whether nothing moves because the line is gone. */
  offline: boolean;
}

/** The tray in one line. What failed counts neither as sent nor as to be sent. */
export function summaryOf(uploads: readonly Upload[]): Summary {
  const counted = uploads.filter((upload) => upload.state !== 'failed');
  const size = sum(counted, (upload) => upload.size);
  const sent = sum(counted, (upload) => (isOver(upload) || upload.state === 'arriving' ? upload.size : upload.sent));
  const rate = sum(uploads, (upload) => (upload.state === 'sending' ? (upload.bytesPerS ?? 0) : 0));
  const ahead = sum(uploads.filter(isMoving), (upload) => upload.size - upload.sent);
  const count = (state: Upload['state']): number => uploads.filter((upload) => upload.state === state).length;
  return {
    total: uploads.length,
    over: uploads.filter(isOver).length,
    failed: count('failed'),
    moving: uploads.filter(isMoving).length,
    paused: count('paused'),
    lost: count('lost'),
    arriving: count('arriving'),
    share: size === 0 ? (uploads.length > 0 ? 1 : 0) : sent / size,
    secondsLeft: rate > 0 ? ahead / rate : null,
    offline: count('sending') === 0 && uploads.some((upload) => upload.state === 'resting' && upload.trouble?.kind === 'offline'),
  };
}

/** What may be said about the phone in the hand: `stay` and `awake` while something is sent, `may` once all of it is on the box. */
export function phoneWord(summary: Summary, screenStaysOn: boolean): 'none' | 'stay' | 'awake' | 'may' {
  if (summary.moving > 0) return screenStaysOn ? 'awake' : 'stay';
  if (summary.lost > 0 || summary.paused > 0 || summary.total === 0 || summary.failed === summary.total) return 'none';
  return 'may';
}

const sum = (uploads: readonly Upload[], of: (upload: Upload) => number): number => uploads.reduce((all, upload) => all + of(upload), 0);
