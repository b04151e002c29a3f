// Time on the street: it stands, runs, or is set.

/** What one second shows at normal speed, hours. */
const HOURS_PER_SECOND = 1;
/** The longest that one frame may take for itself: after a pause of the browser's nothing jumps, ms. */
const LONGEST_FRAME = 100;
/** Without motion a step stands at least as long, ms. */
const SHORTEST_STEP = 400;

const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Clock {
  /** In steps of the day. */
  time = 0;
  playing = false;
  speed = 1;
  #steps = 1;
  #hours = 1;
  #inSight = true;
  /** Of the next picture, and of the next step where nothing moves. */
  #frame = 0;
  #timer = 0;
  #last = 0;
  #show;
  #turned;

  /**
   * @param {(time: number) => void} show
   * @param {() => void} turned Called when it starts or stops.
   */
  constructor(show, turned) {
    this.#show = show;
    this.#turned = turned;
  }

  get step() {
    return Math.min(this.#steps - 1, Math.floor(this.time + 1e-9));
  }

  /** @param {number} steps Of the day. @param {number} hours Of a step. */
  measure(steps, hours) {
    this.time = Math.min(this.time * (this.#hours / hours), steps - 1);
    this.#steps = steps;
    this.#hours = hours;
  }

  /** @param {number} step */
  seek(step) {
    this.time = Math.min(Math.max(0, step), this.#steps - 1);
    this.#show(this.time);
  }

  /** @param {boolean} playing */
  play(playing) {
    if (this.playing === playing) return;
    this.playing = playing;
    // Who stops looks at one step.
    if (!playing) this.time = this.step;
    this.#schedule();
    this.#show(this.time);
    this.#turned();
  }

  /** Out of sight it stands. @param {boolean} inSight */
  see(inSight) {
    this.#inSight = inSight;
    this.#schedule();
  }

  #schedule() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    if (!this.playing || !this.#inSight) return;
    if (still.matches) {
      const pause = Math.max(SHORTEST_STEP, (1000 * this.#hours) / (HOURS_PER_SECOND * this.speed));
      this.#timer = window.setTimeout(() => this.#advance(this.step + 1), pause);
      return;
    }
    this.#last = performance.now();
    this.#frame = requestAnimationFrame((now) => this.#tick(now));
  }

  /** @param {number} now */
  #tick(now) {
    const seconds = Math.min(LONGEST_FRAME, Math.max(0, now - this.#last)) / 1000;
    this.#last = now;
    this.time += (seconds * HOURS_PER_SECOND * this.speed) / this.#hours;
    if (this.time >= this.#steps) this.time = 0;
    this.#show(this.time);
    if (this.playing) this.#frame = requestAnimationFrame((later) => this.#tick(later));
  }

  /** @param {number} step */
  #advance(step) {
    this.time = step >= this.#steps ? 0 : step;
    this.#show(this.time);
    this.#schedule();
  }
}
