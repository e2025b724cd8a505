import type { DetailedError, HttpResponse } from 'tus-js-client';
import { api, ApiError, csrfToken } from '../api';
import type { Arrival } from './kinds';
import type { Party } from './party';
import type { Carrier, Sending, SendingHeard } from './queue';

const ENDPOINT = '/api/tus/';
const JOB = 'X-Rinkreel-Job';
const HEADERS = { 'Tus-Resumable': '1.0.0' };

/** Sends to the box by the tus protocol; the queue above decides when to try again. */
export const tusCarrier: Carrier = {
  send(file: File, place: string, url: string, party: Party | null, heard: SendingHeard): Sending {
    let stopped = false;
    let stop = (): void => {};
    // The library comes when it is first needed; few visits send anything.
    void import('tus-js-client').then(
      ({ Upload }) => {
        if (stopped) return;
        const upload = new Upload(file, {
          // With an endpoint the library begins anew on any error of a resumed upload; without one it says what the error was.
          endpoint: url ? null : new URL(ENDPOINT, location.href).toString(),
          uploadUrl: url ? new URL(url, location.href).toString() : null,
          metadata: { filename: place, ...party },
          retryDelays: null,
          storeFingerprintForResuming: false,
          onBeforeRequest: (request) => request.setHeader('X-Rinkreel-CSRF', csrfToken()),
          onUploadUrlAvailable: () => heard.at(new URL(upload.url ?? '', location.href).pathname),
          onProgress: (sent) => heard.progress(sent),
          onSuccess: ({ lastResponse }) => heard.sent(lastResponse.getHeader(JOB) || null),
          onError: (error) => heard.failed(failureOf(error)),
        });
        stop = () => void upload.abort().catch(() => undefined);
        upload.start();
      },
      () => heard.failed({ status: 0, body: '', retryAfterS: null }),
    );
    return {
      stop: () => {
        stopped = true;
        stop();
      },
    };
  },

  forget(url: string): void {
    const headers = { ...HEADERS, 'X-Rinkreel-CSRF': csrfToken() };
    const end = (): Promise<Response | undefined> => fetch(url, { method: 'DELETE', headers, keepalive: true }).catch(() => undefined);
    // The request that was just broken off may hold it for a moment longer.
    void end().then((answer) => (answer?.status === 423 ? setTimeout(() => void end(), 1_500) : undefined));
  },

  async jobOf(url: string): Promise<string | null> {
    const answer = await fetch(url, { method: 'HEAD', headers: HEADERS, signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new ApiError(answer.status, '');
    return answer.headers.get(JOB);
  },

  async arrival(jobId: string): Promise<Arrival | null> {
    const job = await api.job(jobId, 0, 1);
    if (!job.settled) return null;
    const item = job.items[0];
    const arrival = { jobId, itemId: item?.item_id ?? '', name: item?.name ?? job.name, duplicate: item === undefined, error: '', remedy: '' };
    return item?.status === 'failed' ? { ...arrival, error: item.message, remedy: item.remedy } : arrival;
  },
};

function failureOf(error: Error | DetailedError): { status: number; body: string; retryAfterS: number | null } {
  const answer: HttpResponse | null = 'originalResponse' in error ? error.originalResponse : null;
  const after = Number(answer?.getHeader('Retry-After') ?? Number.NaN);
  return { status: answer?.getStatus() ?? 0, body: answer?.getBody() ?? '', retryAfterS: Number.isFinite(after) ? after : null };
}
