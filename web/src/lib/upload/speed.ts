/** Bytes per second over the last few seconds, so that a stall is seen and a burst is not believed. */
export class Speedometer {
  private samples: { atMs: number; bytes: number }[] = [];

  constructor(
    private readonly windowMs = 8_000,
    private readonly leastMs = 1_000,
  ) {}

  note(atMs: number, bytes: number): void {
    const last = this.samples.at(-1);
    if (last !== undefined && bytes < last.bytes) this.samples = [];
    this.samples.push({ atMs, bytes });
    while (this.samples.length > 2 && atMs - (this.samples[0]?.atMs ?? atMs) > this.windowMs) this.samples.shift();
    // A fast line reports hundreds of times a second; a sample in the middle tells nothing new.
    if (this.samples.length > 64) this.samples = this.samples.filter((_, index) => index % 2 === 0 || index === this.samples.length - 1);
  }

  reset(): void {
    this.samples = [];
  }

  get bytesPerS(): number | null {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (first === undefined || last === undefined || last.atMs - first.atMs < this.leastMs) return null;
    return ((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs);
  }

  secondsLeft(bytes: number): number | null {
    const rate = this.bytesPerS;
    return rate === null || rate <= 0 ? null : bytes / rate;
  }
}
