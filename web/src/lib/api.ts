// What the box answers, and how it is asked. Times are seconds since 1970, durations seconds, sizes bytes.

export type Role = 'viewer' | 'operator' | 'admin';
export type ItemStatus = 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled';
export type JobStatus = ItemStatus | 'partial';

export interface Stage { stage: string; share: number }

export interface Item {
  item_id: string;
  job_id: string;
  name: string;
  status: ItemStatus;
  stage: string;
  message: string;
  remedy: string;
  remarks: string[];
  progress: number;
  stages: Stage[];
  eta_s: number | null;
  created_at_s: number;
  started_at_s: number | null;
  finished_at_s: number | null;
  size_bytes: number;
  duration_s: number | null;
  kept_s: number | null;
  moments: number | null;
  revision: number;
  reel_bytes: number | null;
  pinned: boolean;
  has_original: boolean;
  expires_at_s: number | null;
  download_url: string | null;
  poster_url: string | null;
}

export interface JobHead {
  job_id: string;
  name: string;
  source: 'folder' | 'upload';
  created_at_s: number;
  settled: boolean;
  status: JobStatus;
  counts: Partial<Record<ItemStatus, number>>;
  total: number;
}

export interface Job extends JobHead { progress: number; footage_s: number; kept_s: number }
export interface Jobs { jobs: Job[]; next_before: number | null }
export interface JobDetail extends JobHead { items: Item[] }

export type Fate = 'waiting' | 'recording' | 'chapter' | 'proxy' | 'duplicate' | 'ignored' | 'refused';

export interface ReceiptLine {
  place: string;
  size_bytes: number;
  sha256: string | null;
  fate: Fate;
  status: ItemStatus | null;
  kept_s: number | null;
  note: string;
}

export interface Receipt {
  job_id: string;
  name: string;
  verdict: string;
  safe_to_format: boolean;
  kept_s: number;
  cut_s: number;
  total: number;
  files: ReceiptLine[];
}

export interface Rules {
  threshold: number;
  release: number;
  min_moving: number;
  max_stationary: number;
  merge_gap: number;
  pad_before: number;
  pad_after: number;
  budget: number | null;
}

export interface Revision { number: number; created_at_s: number; moments: number; reel_s: number | null; rules: Rules }
export interface Part { place: string; size_bytes: number; sha256: string | null; fate: Fate }
export interface ItemDetail { item: Item; files: Part[]; revisions: Revision[] }

export interface Segment { start_s: number; end_s: number; score: number; peak_hps: number; peak_at_s: number; reason: string }
export interface Cut { start_s: number; end_s: number; reel_at_s: number; title: string }
export interface Segments { item_id: string; revision: number; total: number; segments: Segment[]; cuts: Cut[] }

export interface Signal {
  item_id: string;
  revision: number;
  threshold_hps: number;
  release_hps: number;
  times_s: number[];
  speed_hps: number[];
  people: number[];
}

export interface Share { share_id: string; item_id: string; url: string; expires_at_s: number; made_by: string; qr_svg_url: string }
export interface Door { box_name: string; sign_in: boolean; first_run: boolean }
export interface Me { name: string; role: Role; csrf: string; temporary: boolean; sign_in: boolean; box_name: string }
export interface Account { name: string; role: Role; temporary: boolean; created_at_s: number }
export interface Key { key_id: string; name: string; role: Role; created_at_s: number; key: string | null }
export interface DeadLetter { order_id: string; item_id: string; stage: string; error: string; remedy: string; at_s: number }
export interface Notice { key: string; error: string; remedy: string; at_s: number }
export interface Expiring { item_id: string; job_id: string; name: string; expires_at_s: number }

export interface Box {
  name: string;
  now_s: number;
  disk_free_bytes: number;
  disk_total_bytes: number;
  disk_floor_bytes: number;
  gpu: boolean;
  notices: Notice[];
  items: Partial<Record<ItemStatus, number>>;
  orders: Record<string, number>;
  dead_letters: number;
  segments: number;
  footage_s: number;
  watched_s: number;
  kept_s: number;
  last_reel_at_s: number | null;
  expiring: Expiring[];
  versions: Record<string, string>;
  lights: Finding[];
  /** null until the box knows. */
  choices: Choices | null;
  temperatures: { name: string; celsius: number }[];
}

/** One of the box's lights: footage, work, reels, disk or models. */
export interface Finding { name: string; state: 'ok' | 'warn' | 'bad'; why: string; remedy: string }

/** What the box works with, and what would be faster and is not used. */
export interface Choices { backend: string; encoder: string; encoder_why: string; graphics: string[]; fell_back: string[] }

export type RecutAsked = Partial<Omit<Rules, 'release'>>;

/** Something did not work. status 0: the box could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly remedy = '',
    readonly retryAfterS: number | null = null,
  ) {
    super(error);
    this.name = 'ApiError';
  }

  /** Whether asking again later may help by itself. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** An answer that is no success, as an error with words, whatever its body is. */
export async function errorFrom(answer: Response): Promise<ApiError> {
  const after = Number(answer.headers.get('Retry-After') ?? NaN);
  const retryAfterS = Number.isFinite(after) && after >= 0 ? after : null;
  let body: unknown = null;
  try {
    body = await answer.json();
  } catch {
    // Not ours: a proxy's page, or a line that broke. The status has to do.
  }
  const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const error = typeof said.error === 'string' && said.error ? said.error : '';
  return new ApiError(answer.status, error, typeof said.remedy === 'string' ? said.remedy : '', retryAfterS);
}

let csrf = '';
let onSignedOut: () => void = () => {};

/** The page token of this session; sent with whatever changes something. */
export function useCsrf(token: string): void {
  csrf = token;
}

export function csrfToken(): string {
  return csrf;
}

/** Told when the box no longer knows who this is. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

export interface Asking {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  json?: unknown;
  signal?: AbortSignal;
  /** Let the request go on when the page is left. */
  keepalive?: boolean;
  timeoutS?: number;
}

/** Ask the box. Raises ApiError; an AbortError when the caller's signal ended it. */
export async function call<Answer>(path: string, asking: Asking = {}): Promise<Answer> {
  const answer = await send(path, asking);
  return (answer.status === 204 ? undefined : await readJson(answer)) as Answer;
}

async function send(path: string, { method = 'GET', json, signal, keepalive = false, timeoutS = 30 }: Asking): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (json !== undefined) headers['Content-Type'] = 'application/json';
  if (csrf && method !== 'GET') headers['X-Rinkreel-CSRF'] = csrf;
  const timeout = AbortSignal.timeout(timeoutS * 1000);
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: json === undefined ? null : JSON.stringify(json),
      credentials: 'same-origin',
      keepalive,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, '');
  }
  if (answer.ok) return answer;
  const error = await errorFrom(answer);
  if (error.status === 401 && !path.startsWith('/api/sign-in') && !path.startsWith('/api/first-run')) onSignedOut();
  throw error;
}

async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    throw new ApiError(0, '');
  }
}

function query(values: Record<string, number | string | null | undefined>): string {
  const said = Object.entries(values).filter((pair): pair is [string, number | string] => pair[1] !== null && pair[1] !== undefined);
  return said.length ? `?${new URLSearchParams(said.map(([name, value]) => [name, String(value)]))}` : '';
}

const id = encodeURIComponent;
const post = <Answer = { ok: boolean }>(path: string, json: unknown = {}, asking: Asking = {}) =>
  call<Answer>(path, { ...asking, method: 'POST', json });
const remove = (path: string, asking: Asking = {}) => call<{ ok: boolean }>(path, { ...asking, method: 'DELETE' });

/** Everything that the box can be asked. */
export const api = {
  door: (asking?: Asking) => call<Door>('/api/door', asking),
  me: (asking?: Asking) => call<Me>('/api/me', asking),
  signIn: (name: string, password: string) => post<Me>('/api/sign-in', { name, password }),
  firstRun: (code: string, name: string, password: string) => post<Me>('/api/first-run', { code, name, password }),
  signOut: (everywhere = false) => post('/api/sign-out', { everywhere }),
  changePassword: (old: string, fresh: string) => post<Me>('/api/me/password', { old, new: fresh }),

  jobs: (before: number | null = null, limit = 20, asking?: Asking) => call<Jobs>(`/api/jobs${query({ before, limit })}`, asking),
  job: (jobId: string, offset = 0, limit = 200, asking?: Asking) =>
    call<JobDetail>(`/api/status/${id(jobId)}${query({ offset, limit })}`, asking),
  receipt: (jobId: string, offset = 0, limit = 500, asking?: Asking) =>
    call<Receipt>(`/api/jobs/${id(jobId)}/receipt${query({ offset, limit })}`, asking),
  receiptTextUrl: (jobId: string) => `/api/jobs/${id(jobId)}/receipt.txt`,

  item: (itemId: string, asking?: Asking) => call<ItemDetail>(`/api/items/${id(itemId)}`, asking),
  segments: (itemId: string, offset = 0, limit = 500, asking?: Asking) =>
    call<Segments>(`/api/items/${id(itemId)}/segments${query({ offset, limit })}`, asking),
  signal: (itemId: string, points = 1000, asking?: Asking) => call<Signal>(`/api/items/${id(itemId)}/signal${query({ points })}`, asking),
  retry: (itemId: string) => post(`/api/items/${id(itemId)}/retry`),
  cancel: (itemId: string) => post(`/api/items/${id(itemId)}/cancel`),
  recut: (itemId: string, asked: RecutAsked) => post(`/api/items/${id(itemId)}/recut`, asked),
  undoCut: (itemId: string) => post(`/api/items/${id(itemId)}/undo`),
  pin: (itemId: string, pinned: boolean) => post(`/api/items/${id(itemId)}/pin`, { pinned }),
  deleteItem: (itemId: string, asking?: Asking) => remove(`/api/items/${id(itemId)}`, asking),

  shares: (itemId: string, asking?: Asking) => call<Share[]>(`/api/items/${id(itemId)}/shares`, asking),
  share: (itemId: string, hours: number | null = null) => post<Share>(`/api/items/${id(itemId)}/share`, hours === null ? {} : { hours }),
  revokeShare: (shareId: string) => remove(`/api/shares/${id(shareId)}`),

  box: (asking?: Asking) => call<Box>('/api/box', asking),
  deadLetters: (limit = 100, asking?: Asking) => call<DeadLetter[]>(`/api/dead-letters${query({ limit })}`, asking),
  retryDeadLetter: (orderId: string) => post(`/api/dead-letters/${id(orderId)}/retry`),

  accounts: (asking?: Asking) => call<Account[]>('/api/accounts', asking),
  saveAccount: (name: string, role: Role, password: string | null = null) => post<Account>('/api/accounts', { name, role, password }),
  removeAccount: (name: string) => remove(`/api/accounts/${id(name)}`),
  keys: (asking?: Asking) => call<Key[]>('/api/keys', asking),
  makeKey: (name: string, role: Role) => post<Key>('/api/keys', { name, role }),
  revokeKey: (keyId: string) => remove(`/api/keys/${id(keyId)}`),
};
