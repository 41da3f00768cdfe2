/**
 * Milliseconds of processor time that this process has used since `process.cpuUsage()` returned
 * `start`. Other processes change it little, so a test can limit it on a busy machine.
 */
export function cpuMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
