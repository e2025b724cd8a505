/** What an upload is doing. `lost`: the page was loaded anew and needs the file picked again; `arriving`: every byte is on the box. */
export type UploadState = 'waiting' | 'sending' | 'resting' | 'paused' | 'lost' | 'arriving' | 'done' | 'failed';

/** What is in the way. `error` and `remedy` are the box's own words; `kind` chooses the page's words when it sent none. */
export interface Trouble {
  kind: 'offline' | 'busy' | 'full' | 'signedOut' | 'refused' | 'unreadable';
  error: string;
  remedy: string;
  status: number;
}

/** What became of a file that arrived. */
export interface Arrival {
  jobId: string;
  itemId: string;
  name: string;
  duplicate: boolean;
  error: string;
  remedy: string;
}

export interface Upload {
  readonly id: string;
  readonly name: string;
  /** Name with its folders, as it was dropped. */
  readonly place: string;
  readonly size: number;
  /** Tells the same bytes again after a reload, whatever the file is called by then. */
  readonly mark: string;
  readonly state: UploadState;
  readonly sent: number;
  readonly bytesPerS: number | null;
  readonly secondsLeft: number | null;
  readonly trouble: Trouble | null;
  /** When it is tried again, in milliseconds since 1970. */
  readonly retryAtMs: number | null;
  readonly url: string;
  readonly arrival: Arrival | null;
}

/** A file to be sent. */
export interface Chosen {
  file: File;
  place: string;
}

export const isOver = (upload: Upload): boolean => upload.state === 'done' || upload.state === 'failed';
export const isMoving = (upload: Upload): boolean => upload.state === 'sending' || upload.state === 'resting' || upload.state === 'waiting';
