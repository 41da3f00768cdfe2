/**
 * The flags of a script's shebang line: `no-writes` lets it run on replicas and when memory is full, `allow-oom` lets a
 * script that only takes away run when memory is full.
 */
export function shebangFlags(writes: boolean, needsMemory: boolean): readonly string[] {
  if (!writes) return ["no-writes"];
  return needsMemory ? [] : ["allow-oom"];
}
