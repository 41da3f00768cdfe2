import type { Machine } from "../process/machine.js";
import { openDockerGroup } from "./docker-group.js";
import { findRedis } from "./find-redis.js";
import { LocalGroup } from "./local-group.js";
import type { GroupOptions, ServerGroup } from "./server-group.js";

/**
 * Prepares a group of `count` servers: local processes, or containers of Docker.
 *
 * @throws TestingError as `findRedis` and `startContainer`
 */
export async function openGroup(
  options: GroupOptions,
  count: number,
  machine: Machine,
): Promise<ServerGroup> {
  const source = await findRedis({ binary: options.server.binary, own: true, group: true }, machine);
  return source.kind === "program"
    ? new LocalGroup(options, source.program)
    : openDockerGroup(options, count, machine);
}
