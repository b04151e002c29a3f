// Requests that overtake each other.

/**
 * Makes `work` run one at a time. A call while it runs is remembered, and it runs once more
 * afterwards, however many calls there were.
 * @param {() => Promise<void>} work
 * @returns {() => Promise<void>}
 */
export function latestOnly(work) {
  let wanted = false;
  let running = false;
  return async () => {
    wanted = true;
    if (running) return;
    running = true;
    try {
      while (wanted) {
        wanted = false;
        await work();
      }
    } finally {
      running = false;
    }
  };
}
