/**
 * The flags of a script's shebang line. With `no-writes`, it runs on replicas and when memory is
 * full. With `allow-oom`, a script that only removes runs when memory is full.
 */
export function shebangFlags(writes: boolean, needsMemory: boolean): readonly string[] {
  if (!writes) return ["no-writes"];
  return needsMemory ? [] : ["allow-oom"];
}
