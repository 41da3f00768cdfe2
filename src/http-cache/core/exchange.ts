import type { LoadLimit } from "../../cache/index.js";
import { discard } from "../message/discard.js";
import type { Forward, ForwardChanges, OriginResponse, RequestHead } from "../message/message.js";
import { type Directives, NO_DIRECTIVES } from "../parse/directives.js";
import { CONDITIONAL_FIELDS } from "../rules/conditional.js";
import { requestDirectives } from "../rules/reuse.js";
import type { Resource } from "../store/resource-store.js";

/** What a policy says about one request. */
export interface Target {
  readonly tenant: string;
  /** The path of the policy; empty without one. */
  readonly endpoint: string;
  readonly resource: Resource;
  /** The policy's times, for responses that have none of their own. */
  readonly freshMs: number | undefined;
  readonly staleMs: number;
  /** The response may be stored. A request with parts that the policy does not name cannot be. */
  readonly isStorable: boolean;
  /** The origin is asked for whole responses without conditions, because it is a handler of this process. */
  readonly asksWhole: boolean;
  /** `Cache-Control` of the request counts. */
  readonly obeysRequests: boolean;
}

/** One request on its way through the cache. */
export class Exchange {
  readonly request: RequestHead;
  readonly target: Target;
  readonly directives: Directives;
  readonly #forward: Forward;
  readonly #limit: LoadLimit;
  readonly #timeoutMs: number;
  readonly #isBackground: boolean;

  constructor(
    request: RequestHead,
    target: Target,
    forward: Forward,
    limit: LoadLimit,
    timeoutMs: number,
    isBackground = false,
  ) {
    this.#isBackground = isBackground;
    this.request = request;
    this.target = target;
    this.directives = target.obeysRequests ? requestDirectives(request.fields) : NO_DIRECTIVES;
    this.#forward = forward;
    this.#limit = limit;
    this.#timeoutMs = timeoutMs;
  }

  /** The name of an entry of its tenant, as this process tells entries apart. */
  keyOf(entry: string): string {
    return tenantKey(this.target.tenant, entry);
  }

  /** Whether the response of the origin could become an entry. */
  get mayStore(): boolean {
    const { method, fields } = this.request;
    if (method !== "GET" || !this.target.isStorable || this.directives.has("no-store")) return false;
    return this.target.asksWhole || !fields.has("range");
  }

  /** Asks the origin, as one of the requests that run at once. `conditions` replace those of the client. */
  ask(conditions: ReadonlyMap<string, string>): Promise<OriginResponse> {
    const changes = this.#changes(conditions);
    return this.#limit.run(this.#timeoutMs, () => {
      const response = this.#forward(changes);
      return this.#isBackground ? inTime(this.#timeoutMs, response) : response;
    });
  }

  /** The same without its client, whose conditions do not matter then. */
  inBackground(): Exchange {
    const { method, target, scheme, authority, fields } = this.request;
    const request = { method, target, scheme, authority, fields: fields.without(WITHOUT_CONDITIONS) };
    return new Exchange(request, this.target, this.#forward, this.#limit, this.#timeoutMs, true);
  }

  #changes(conditions: ReadonlyMap<string, string>): ForwardChanges {
    const isWhole = this.mayStore && this.target.asksWhole;
    const isBackground = this.#isBackground;
    if (conditions.size === 0 && !isWhole) return { without: NONE, set: conditions, isBackground };
    return { without: WITHOUT_CONDITIONS, set: conditions, isBackground };
  }
}

/** The name of an entry among those of all tenants. */
export function tenantKey(tenant: string, entry: string): string {
  return `${tenant}\0${entry}`;
}

/** Nobody waits for a request in the background, so it needs an end of its own. */
async function inTime(ms: number, response: Promise<OriginResponse>): Promise<OriginResponse> {
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  response.then(({ body }) => isLate && discard(body)).catch(() => undefined);
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new Error(`a refresh in the background had no response within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([response, late]);
  } finally {
    clearTimeout(timer);
  }
}

const NONE: ReadonlySet<string> = new Set();
const WITHOUT_CONDITIONS: ReadonlySet<string> = new Set([...CONDITIONAL_FIELDS, "range"]);
