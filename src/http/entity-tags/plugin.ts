import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { readFrom } from "../../core/read-from.js";
import {
  decide,
  type EntityTagRule,
  type Exchange,
  PROBLEM_TYPE,
  problemBody,
  type Versions,
} from "../../versions/index.js";

/** Returns the rule of a request; undefined: the request has no tags. */
export type EntityTagRuleOf = (request: FastifyRequest) => EntityTagRule | undefined;

/** Options of the plugin. */
export interface EntityTagOptions {
  /** What `createVersions` has made. */
  readonly versions: Pick<Versions, "read" | "begin">;
}

declare module "fastify" {
  interface FastifyRequest {
    /** The versions of the request; undefined if its route has no `config.entityTags`. */
    entityTags?: Exchange | undefined;
  }
  interface FastifyContextConfig {
    /** Which resource the requests of a route read or write. */
    entityTags?: EntityTagRuleOf | undefined;
  }
}

const optionNames: OptionNames<EntityTagOptions> = { versions: true };

const plugin: FastifyPluginAsync<EntityTagOptions> = async (app, options) => {
  const { versions } = readFrom("options", () => {
    refuseUnknownOptions(options, optionNames);
    return options;
  });
  if (typeof versions?.read !== "function") throw new ArgumentError("versions", "createVersions(tenant)");

  app.decorateRequest("entityTags", undefined);

  // The last `preHandler` hook: all other hooks may refuse the request before a 304 is sent.
  app.addHook("onRoute", (route) => {
    const ruleOf: unknown = route.config?.entityTags;
    if (ruleOf === undefined) return;
    if (typeof ruleOf !== "function") {
      throw new ArgumentError("config.entityTags", `a function of the request (route ${route.url})`);
    }
    route.preHandler = [...[route.preHandler ?? []].flat(), begin];
  });

  app.addHook("onSend", async (request, reply, payload) => {
    const exchange = request.entityTags;
    if (exchange === undefined) return payload;
    await exchange.end();
    const { vary, ...fields } = exchange.fieldsOf(reply.statusCode);
    if (vary !== undefined) addVary(reply, vary);
    for (const [name, value] of Object.entries(fields)) if (!reply.hasHeader(name)) reply.header(name, value);
    return payload;
  });

  // For replies that skip `onSend`, for example after `hijack()`.
  app.addHook("onResponse", async ({ entityTags }) => entityTags?.end());

  async function begin(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const rule = request.routeOptions.config.entityTags?.(request);
    if (rule === undefined) return undefined;
    const { method, headers } = request;
    const header = (name: string) => {
      const value = headers[name];
      return typeof value === "string" || value === undefined ? value : value.join(", ");
    };
    const decision = await decide(versions, rule, { method, header });
    switch (decision.kind) {
      case "run":
        request.entityTags = decision.exchange;
        return undefined;
      case "notModified":
        return reply
          .code(304)
          .headers({ ...decision.fields })
          .send();
      case "refused":
        return reply
          .code(decision.problem.status)
          .header("content-type", PROBLEM_TYPE)
          .send(Buffer.from(problemBody(decision.problem)));
    }
  }
};

function addVary(reply: FastifyReply, names: string): void {
  const present = reply.getHeader("vary");
  reply.header("vary", present === undefined ? names : `${[present].flat().join(", ")}, ${names}`);
}

/**
 * A Fastify plugin for entity tags. A route with `config.entityTags` replies with the `ETag` of its
 * resource's version. `If-None-Match` is answered 304 before the handler runs, and after all other hooks. A
 * write with an `If-Match` that names an older version is answered 412.
 *
 * ```ts
 * await app.register(entityTags, { versions: createVersions(moonpath.tenant("acme")) });
 * const config = { entityTags: () => ({ resource: "product:lamp" }) };
 * app.get("/lamp", { config }, () => database.product("lamp"));
 * app.put("/lamp", { config }, () => database.save(lamp));
 * ```
 *
 * Register the plugin before the routes, and await it. Refusals are `application/problem+json`.
 */
export const entityTags: FastifyPluginAsync<EntityTagOptions> = Object.assign(plugin, {
  // Applies the hooks to the routes of the parent, as the package fastify-plugin does.
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "moonpath-entity-tags",
});
