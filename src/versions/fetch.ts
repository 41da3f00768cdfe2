import { decide, type Exchange } from "./exchange.js";
import { PROBLEM_TYPE, problemBody } from "./problem.js";
import type { EntityTagRule } from "./rule.js";
import type { Versions } from "./versions.js";

/**
 * Runs the handler of a web-standard request with entity tags. `handler` is not called if the reply is 304,
 * 400, 412, 428 or 503. Check the authorization before this call.
 *
 * ```ts
 * hono.use("/products/:id", async (context, next) => {
 *   const rule = { resource: `product:${context.req.param("id")}` };
 *   context.res = await withEntityTags(versions, rule, context.req.raw, async () => {
 *     await next();
 *     return context.res;
 *   });
 * });
 * ```
 *
 * @param handler receives the exchange, which has the write of an unsafe request
 * @throws what the handler throws, and ArgumentError for a wrong rule
 */
export async function withEntityTags(
  versions: Pick<Versions, "read" | "begin">,
  rule: EntityTagRule,
  request: Request,
  handler: (exchange: Exchange) => Response | Promise<Response>,
): Promise<Response> {
  const { method, headers } = request;
  const decision = await decide(versions, rule, { method, header: (name) => headers.get(name) ?? undefined });
  switch (decision.kind) {
    case "notModified":
      return new Response(null, { status: 304, headers: { ...decision.fields } });
    case "refused": {
      const { problem } = decision;
      return new Response(problemBody(problem), {
        status: problem.status,
        headers: { "content-type": PROBLEM_TYPE },
      });
    }
    case "run": {
      const { exchange } = decision;
      try {
        return await withFields(await handler(exchange), exchange);
      } finally {
        // Also if the handler threw: the database may have taken the write.
        await exchange.end();
      }
    }
  }
}

async function withFields(response: Response, exchange: Exchange): Promise<Response> {
  await exchange.end();
  const fields = exchange.fieldsOf(response.status);
  if (Object.keys(fields).length === 0) return response;
  // The fields of a response may be immutable.
  const tagged = new Response(response.body, response);
  for (const [name, value] of Object.entries(fields)) {
    if (name === "vary") tagged.headers.append(name, value);
    else if (!tagged.headers.has(name)) tagged.headers.set(name, value);
  }
  return tagged;
}
