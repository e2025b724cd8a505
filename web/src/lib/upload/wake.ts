interface Sentinel {
  released: boolean;
  release(): Promise<void>;
  addEventListener(type: 'release', heard: () => void): void;
}

export interface WakeLocks {
  request(type: 'screen'): Promise<Sentinel>;
}

/** Keeps the screen on while something is sent, where the browser can (not on plain http://, except on the box itself). */
export class ScreenKeeper {
  private sentinel: Sentinel | null = null;
  private wanted = false;
  private asking = false;

  constructor(
    private readonly locks: WakeLocks | undefined,
    private readonly isVisible: () => boolean,
    private readonly tell: (held: boolean) => void,
  ) {}

  get held(): boolean {
    return this.sentinel !== null && !this.sentinel.released;
  }

  async want(wanted: boolean): Promise<void> {
    this.wanted = wanted;
    await this.settle();
  }

  /** Browsers let go of the lock when the page is hidden: ask again when it is seen. */
  async settle(): Promise<void> {
    if (!this.wanted) return this.letGo();
    if (this.locks === undefined || this.held || this.asking || !this.isVisible()) return;
    this.asking = true;
    try {
      const sentinel = await this.locks.request('screen');
      this.sentinel = sentinel;
      sentinel.addEventListener('release', () => this.tell(this.held));
      this.tell(true);
    } catch {
      // A low battery refuses it; the page then says that it has to stay open.
      this.tell(false);
    } finally {
      this.asking = false;
    }
    if (!this.wanted) await this.letGo();
  }

  private async letGo(): Promise<void> {
    const sentinel = this.sentinel;
    this.sentinel = null;
    if (sentinel !== null && !sentinel.released) await sentinel.release();
    this.tell(false);
  }
}
