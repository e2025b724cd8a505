import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

interface Row { item_id: string; status: string; stage: string; progress: number; eta_s: number | null; revision: number; [name: string]: unknown }

/** How many recordings are in work at a time, and in how many pieces of news each of them is watched. */
const IN_WORK = 3;
const NEWS_EACH = 60;

/**
 * A box that is busy, and quicker than any: everything is answered by the real one behind it, but some finished recordings of its newest
 * drop are said to be in work, and the news of that comes as fast as asked for. Each piece has the form of the box's own.
 */
export class Spout {
  /** Pieces of news that went out, recordings that were finished, lines that were broken, answers of 503 to a page that came back. */
  readonly told = { news: 0, finished: 0, broken: 0, refused: 0 };
  private readonly lines = new Set<ServerResponse>();
  private readonly work = new Map<string, number>();
  private readonly turns: string[] = [];
  private next = 0;
  private refusing = 0;
  private beat: NodeJS.Timeout | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
    private readonly jobId: string,
  ) {}

  static async before(address: string, jobId: string, itemIds: readonly string[]): Promise<Spout> {
    const server = createServer();
    const spout = new Spout(server, new URL(address), jobId);
    spout.turns.push(...itemIds);
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => spout.answer(asked, answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return spout;
  }

  get address(): string {
    const at = this.server.address();
    if (at === null || typeof at === 'string') throw new Error('the spout is not open');
    return `http://127.0.0.1:${at.port}`;
  }

  /** The recording that is said to be in work for the longest, and how far it is, 0 to 1. */
  get oldest(): { itemId: string; share: number } | null {
    const [first] = this.work;
    return first ? { itemId: first[0], share: first[1] / NEWS_EACH } : null;
  }

  /** So many pieces of news a second, until told otherwise; none with 0. */
  pour(newsPerS: number): void {
    clearInterval(this.beat);
    if (newsPerS > 0) this.beat = setInterval(() => this.tell(), 1000 / newsPerS);
  }

  /** Break every line; the next tries of pages are answered with 503 as often as said. */
  breakLines(refusals = 0): void {
    this.refusing = refusals;
    for (const line of this.lines) line.destroy();
    this.told.broken += this.lines.size;
    this.lines.clear();
  }

  async close(): Promise<void> {
    this.pour(0);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private tell(): void {
    while (this.work.size < IN_WORK) this.begin();
    for (const [itemId, count] of [...this.work]) {
      if (count >= NEWS_EACH) this.finish(itemId);
      else {
        this.work.set(itemId, count + 1);
        this.send('progress', this.progressOf(itemId, count + 1));
      }
    }
  }

  private begin(): void {
    const itemId = this.turns[this.next++ % this.turns.length] ?? '';
    this.work.set(itemId, 0);
    this.send('changed', { job_id: this.jobId, item_id: itemId, what: 'item' });
  }

  private finish(itemId: string): void {
    this.work.delete(itemId);
    this.told.finished += 1;
    this.send('changed', { job_id: this.jobId, item_id: itemId, what: 'item' });
  }

  private progressOf(itemId: string, count: number): Record<string, unknown> {
    const share = count / NEWS_EACH;
    return { item_id: itemId, job_id: this.jobId, stage: 'analyse', share, stages: [{ stage: 'analyse', share }], eta_s: 10 * (NEWS_EACH - count) };
  }

  private send(kind: string, said: object): void {
    this.told.news += 1;
    for (const line of this.lines) line.write(`event: ${kind}\ndata: ${JSON.stringify(said)}\n\n`);
  }

  private answer(asked: IncomingMessage, answer: ServerResponse): void {
    if (asked.url === '/api/events') {
      this.join(answer);
      return;
    }
    const { 'accept-encoding': packed, ...headers } = asked.headers;
    const changes = asked.url?.startsWith(`/api/status/${this.jobId}`) ?? false;
    const onward = request({ hostname: this.target.hostname, port: this.target.port, path: asked.url, method: asked.method, headers: changes ? headers : { ...headers, 'accept-encoding': packed ?? '' } });
    onward.on('error', () => answer.destroy());
    onward.on('response', (said) => {
      if (changes) void this.retold(said, answer);
      else said.pipe(answer.writeHead(said.statusCode ?? 502, said.headers));
    });
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  }

  private join(answer: ServerResponse): void {
    if (this.refusing > 0) {
      this.refusing -= 1;
      this.told.refused += 1;
      answer.writeHead(503, { 'Content-Type': 'application/json' }).end('{"error": "Too many pages are open.", "remedy": "Close one and try again."}');
      return;
    }
    answer.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    answer.write('retry: 3000\n\n');
    this.lines.add(answer);
    answer.on('close', () => this.lines.delete(answer));
  }

  private async retold(said: IncomingMessage, answer: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of said as AsyncIterable<Buffer>) pieces.push(piece);
    const detail = JSON.parse(Buffer.concat(pieces).toString()) as { items: Row[] };
    for (const row of detail.items) this.dress(row);
    answer.writeHead(said.statusCode ?? 502, { 'Content-Type': 'application/json' }).end(JSON.stringify(detail));
  }

  private dress(row: Row): void {
    const count = this.work.get(row.item_id);
    if (count === undefined) return;
    Object.assign(row, { status: 'processing', stage: 'analyse', progress: count / NEWS_EACH, eta_s: null, download_url: null, poster_url: null, kept_s: null, moments: null });
  }
}
