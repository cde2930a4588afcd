/**
 * Makes `Date` of this process stand still, the server's in it too, while timers go on: for what
 * depends on the second, the minute or the day. `jest.setSystemTime` moves it.
 */
export function stopClock(): void {
  jest.useFakeTimers({
    doNotFake: [
      'cancelAnimationFrame',
      'cancelIdleCallback',
      'clearImmediate',
      'clearInterval',
      'clearTimeout',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'requestAnimationFrame',
      'requestIdleCallback',
      'setImmediate',
      'setInterval',
      'setTimeout',
    ],
  });
}

/** Lets it go on, from the real time. */
export function releaseClock(): void {
  jest.useRealTimers();
}
