import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where a real appliance answers, and what it printed. */
export interface Told {
  page: string;
  footage: string;
  share: string;
  code: string;
}

const ROOT = resolve(import.meta.dirname, '../../..');
const PYTHON = process.env.E2E_PYTHON ?? join(ROOT, '.venv/bin/python');
const READY_MS = 240_000;

/** A whole appliance of our own: real bus, real pipeline, drawn footage. */
export class Appliance {
  private constructor(
    readonly told: Told,
    private readonly process: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    private readonly folder: string,
  ) {}

  static async start(...words: string[]): Promise<Appliance> {
    const folder = mkdtempSync(join(tmpdir(), 'rinkreel-page-'));
    const root = process.env.E2E_ROOT ?? ROOT;
    const child = spawn(PYTHON, ['-m', 'tests.page_box', folder, ...words], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const timer = setTimeout(() => child.kill(), READY_MS);
    const first = await lines.next();
    clearTimeout(timer);
    if (first.done) throw new Error('the appliance did not start');
    return new Appliance(JSON.parse(first.value) as Told, child, lines, folder);
  }

  /** Kill the program that serves the page; its keeper starts it anew. */
  async restartApi(): Promise<void> {
    this.process.stdin?.write('restart-api\n');
    await this.lines.next();
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.stdin?.end();
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
