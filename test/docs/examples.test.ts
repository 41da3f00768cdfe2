import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CACHE, ROOT } from "../support/bundle.js";
import { blocksOf } from "../support/docs.js";
import { entryPoints, filesBelow } from "../support/imports.js";
import { run } from "../support/program.js";

/** What the examples use and leave to their reader. */
const SURROUNDINGS = `
import { Cluster, Redis } from "ioredis";
import pg from "pg";
import { Registry } from "prom-client";
import { createServer } from "node:http";
import express from "express";
import type { FastifyInstance, FastifyReply } from "fastify";
import { readFile } from "node:fs/promises";
import { create } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import { bytesCodec, cached, createMoonpath, listenToStock, MoonpathError, observeConsistency, type Observer, optionsFromEnv } from "moonpath";
import { type CallBytes, checkedScope, createScriptClient, type Operation } from "moonpath/client";
import { createCacheClient } from "moonpath/cache";
import { createCartClient, createCartWorker } from "moonpath/cart";
import { cdnTag, cloudflarePurger, cloudFrontConfig, createAssets, createCdn, fastlyPurger, fileRoutes, imageSets, readAssets, responsiveImage } from "moonpath/cdn";
import { createCouponClient } from "moonpath/coupon";
import { createExpiryClient, createExpiryWorker, createReservationSweeper, redrive } from "moonpath/expiry";
import { cacheExpress, cacheFastify, cacheFetch, cacheNode, createHttpCache, createProxy, event, policy } from "moonpath/http-cache";
import { idempotencyOf, idempotentFetch, idempotentHono, idempotentNode, noteErrors, rateLimitFetch, rateLimitHono, rateLimitNode, requestListener } from "moonpath/http";
import { type Context, Hono } from "hono";
import { createVersions, entityTagsOfNode, withEntityTags } from "moonpath/etags";
import { clientAddress, entityTags, idempotencyKeys, rateLimits } from "moonpath/fastify";
import { createIdempotencyClient } from "moonpath/idempotency";
import { createImages, folderSource, imageTag, imageUrl } from "moonpath/images";
import { createJobClient } from "moonpath/job";
import { memoryL1 } from "moonpath/l1";
import { Keyv } from "keyv";
import { createKeyvStore } from "moonpath/keyv";
import { createLimitClient } from "moonpath/limit";
import { createLockClient } from "moonpath/lock";
import { logObserver } from "moonpath/logs";
import { messagePackCodec } from "moonpath/messagepack";
import { createNextCache } from "moonpath/next";
import { openTelemetryObserver } from "moonpath/opentelemetry";
import { createInvalidationOutbox, createInvalidationRelay } from "moonpath/outbox";
import { createPriceClient } from "moonpath/price";
import { protobufCodec } from "moonpath/protobuf";
import { createQuotaClient } from "moonpath/quota";
import { createSlotClient } from "moonpath/slot";
import { createStockClient } from "moonpath/stock";
import { applyViews, applyWrites, guardFence, guardVersion, inTransaction, reconcileViews, recordOnce } from "moonpath/postgres";
import { prometheusObserver, redisMetrics, shopObserver, writeBehindMetrics } from "moonpath/prometheus";
import { createScheduler } from "moonpath/scheduler";
import { createSync, SyncUnavailableError } from "moonpath/sync";
import { redisFromUrl, startPostgres, startProxy, startRedis, startRedisCluster, startSentinel } from "moonpath/testing";
import { collectFigures, createFreshTuner, readReport, startExperiment } from "moonpath/tuning";
import { createVersionClient } from "moonpath/version";
import { countViews, createViewsClient, createViewSync, viewShards } from "moonpath/views";
import { createWebhookOutbox, createWebhookReceiver, createWebhookSender, invalidates, invalidatesTags, signWebhook, verifyWebhook, webhookFastify, webhookHandler, type WebhookReceiver } from "moonpath/webhooks";
import { z } from "zod";
import { createWritebehindClient, createWriteBehind, createWriteQueue, type WriteBatch } from "moonpath/writebehind";
import { keys } from "moonpath";
import { scripts } from "${join(ROOT, "generated/ts/scripts.js")}";
import type { StockReadArgs, StockReadReply } from "${join(ROOT, "generated/ts/stock/read.js")}";

declare const redis: Redis;
declare const moonpath: ReturnType<typeof createMoonpath>;
declare const acme: ReturnType<typeof moonpath.tenant>;
declare const scope: ReturnType<typeof checkedScope>;
declare const pool: pg.Pool;
declare const server: { readonly host: string; readonly port: number; readonly url: string };
declare const app: FastifyInstance;
declare const reply: FastifyReply;
declare const log: { debug(facts: object): void };
declare const database: {
  expire(items: readonly string[], signal: AbortSignal): Promise<undefined>;
  product(id: string | number, signal?: AbortSignal): Promise<{ readonly name: string } | undefined>;
  save(product: { readonly name: string }): Promise<{ readonly name: string }>;
};
declare const cache: import("moonpath/http-cache").HttpCache;
declare const lamp: { readonly name: string };
declare const products: import("moonpath").Cache<{ readonly product: string }, { readonly name: string }>;
declare const invalidations: ReturnType<typeof createInvalidationOutbox>;
declare const figures: import("moonpath/tuning").CacheFigures;
declare const bank: { rate(from: string, to: string): Promise<number> };
declare const order: { readonly product: string };
declare const pages: readonly string[];
declare const fence: number;
declare const versions: ReturnType<typeof createVersions>;
declare const hono: Hono;
declare const page: string;
declare const shard: string;
declare const sync: import("moonpath/sync").Sync;
declare const secrets: readonly string[];
declare const receive: WebhookReceiver;
declare const request: Request;
declare const queue: import("moonpath/writebehind").WriteQueue;
declare function upsert(...values: readonly unknown[]): Promise<void>;
declare function write(...values: readonly unknown[]): Promise<void>;
declare function placeOrder(...values: readonly unknown[]): Promise<{ readonly id: string }>;
declare function accountOf(request: Request): Promise<{ readonly id: string } | undefined>;
declare function cleanUp(signal: AbortSignal): Promise<void>;
declare function wake(): void;
declare module "fastify" {
  interface FastifyRequest {
    readonly account?: { readonly id: string };
  }
}
`;

interface Example {
  readonly file: string;
  readonly text: string;
}

/** The examples of a source's docstrings. */
function examplesIn(file: string): Example[] {
  const source = readFileSync(join(ROOT, file), "utf8");
  return [...source.matchAll(/\/\*\*(.*?)\*\//gs)].flatMap(([, comment = ""]) => {
    const text = comment.replace(/^\s*\* ?/gm, "");
    return [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, example = ""]) => ({ file, text: example }));
  });
}

const examples = [...filesBelow("src"), ...filesBelow("generated/ts")].flatMap(examplesIn);

test("every example of a docstring, and of the guide to frameworks, compiles", async () => {
  expect(examples.length).toBeGreaterThan(50);
  const folder = join(CACHE, "docstring-examples");
  await mkdir(folder, { recursive: true });
  const lines = SURROUNDINGS.split("\n");
  const starts = examples.map(({ text }, position) => {
    const start = lines.push(`export async function example${position}() {`);
    lines.push(...text.split("\n"), "}");
    return start;
  });
  await writeFile(join(folder, "examples.ts"), lines.join("\n"));
  // Guides whose examples import frameworks that the installed package of other tests does not have.
  const blocks = await blocksOf("docs/frameworks.md");
  const guides = blocks.map((_, index) => `frameworks-${index + 1}.ts`);
  for (const [index, file] of guides.entries()) await writeFile(join(folder, file), blocks[index] ?? "");
  const compilerOptions = {
    ...JSON.parse(readFileSync(join(ROOT, "tsconfig.json"), "utf8")).compilerOptions,
    noEmit: true,
    noUnusedLocals: false,
    types: ["node"],
    typeRoots: [join(ROOT, "node_modules/@types")],
    paths: Object.fromEntries([...entryPoints].map(([name, file]) => [name, [join(ROOT, file)]])),
  };
  const config = { compilerOptions, files: ["examples.ts", ...guides] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { output } = await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", folder], { cwd: folder });
  const problems = output.replace(/examples\.ts\((\d+)/g, (place, line) => {
    const position = starts.findLastIndex((start) => start < Number(line));
    return `${examples[position]?.file ?? "the surroundings"}: ${place}`;
  });
  expect(problems).toBe("");
}, 240_000);
