/** `moonpath/job`: the last runs of jobs, without the scripts of other domains. */
import { type JobOperations, jobScripts } from "../../generated/ts/job.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * from "../../generated/ts/job.scripts.js";
export * as keys from "../../generated/ts/keys.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createJobClient` makes. */
export interface JobScripts {
  readonly job: JobOperations;
}

/** A client with the scripts of `job`. */
export type JobClient = DomainClient<JobScripts, JobScripts>;

/**
 * Makes a client with the scripts of `job`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const { job } = createJobClient(new Redis(), { namespace: "shop" }).tenant("acme");
 * const last = await job.read({ job: "nightly" });
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createJobClient(redis: RedisLike, options?: ClientOptions): JobClient {
  const client: ScriptClient<JobScripts> = createScriptClient(redis, { job: jobScripts }, options);
  return domainClient(client, ({ job }) => ({ job }));
}
