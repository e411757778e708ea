// Loaded into the real bot before its own code: tells how much memory it needs when nothing is left to collect.

process.on('message', () => {
  const before = process.memoryUsage.rss();
  globalThis.gc?.();
  process.send?.({ ...process.memoryUsage(), before });
});
