import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';

/** A network cable between browser and box: as slow as asked for, and it can be pulled. */
export class Line {
  private sockets = new Set<Socket>();
  private isCut = false;
  /** Bytes that went towards the box. */
  sent = 0;
  bytesPerS = Infinity;
  private budgetAtMs = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async to(address: string): Promise<Line> {
    const server = createServer();
    const line = new Line(server, new URL(address));
    server.on('connection', (socket) => line.join(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  get address(): string {
    const at = this.server.address();
    if (at === null || typeof at === 'string') throw new Error('the line is not open');
    return `http://127.0.0.1:${at.port}`;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket): void {
    if (this.isCut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(Number(this.target.port), this.target.hostname);
    for (const [one, other] of [[near, far], [far, near]] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
    far.pipe(near);
    void this.carry(near, far);
  }

  private async carry(near: Socket, far: Socket): Promise<void> {
    try {
      for await (const piece of near as AsyncIterable<Buffer>) {
        this.sent += piece.length;
        await this.pace(piece.length);
        if (!far.write(piece)) await new Promise((resolve) => far.once('drain', resolve));
      }
      far.end();
    } catch {
      far.destroy();
    }
  }

  private async pace(bytes: number): Promise<void> {
    if (this.bytesPerS === Infinity) return;
    const now = Date.now();
    this.budgetAtMs = Math.max(now, this.budgetAtMs) + (1000 * bytes) / this.bytesPerS;
    if (this.budgetAtMs - now > 5) await rest(this.budgetAtMs - now);
  }
}
