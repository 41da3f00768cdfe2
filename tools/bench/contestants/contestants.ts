import * as sync from "../http/sync-sides.js";
import { cacheContestants } from "./cache/contestants.js";
import * as clientPath from "./client-path.js";
import type { StartContestant } from "./contestant.js";
import * as deadline from "./deadline.js";
import * as expiry from "./expiry.js";
import { mark, priceRead, stockAdjust, stockRead } from "./hand.js";
import * as limit from "./limit.js";
import * as lock from "./lock.js";
import * as many from "./many.js";
import * as marks from "./mark.js";
import * as mixed from "./mixed.js";
import * as price from "./price.js";
import * as event from "./stock-event.js";
import * as read from "./stock-read.js";
import * as views from "./views.js";

const FOUR = [stockRead, priceRead, stockAdjust, mark];

/** All contestants, by the name with which the bench starts them. */
export const contestants: Readonly<Record<string, StartContestant>> = {
  "stock.read, Moonpath": read.moonpath(true),
  "stock.read, Moonpath with batching: false": read.moonpath(false),
  "stock.read, ioredis": read.ioredis([stockRead], false),
  "stock.read, ioredis with autopipelining": read.ioredis([stockRead], true),
  "stock.read, node-redis": read.nodeRedis,
  "stock.read, node-redis cluster": read.nodeRedisCluster,
  "four scripts, Moonpath": mixed.moonpath,
  "four scripts, ioredis": read.ioredis(FOUR, false),
  "four scripts, ioredis with autopipelining": read.ioredis(FOUR, true),
  "100 reads, many": many.reads,
  "100 reads, one after another": many.readsInTurn,
  "100 reads, at once": many.readsAtOnce,
  "100 reads, pipeline of EVALSHA": many.pipelineOfReads,
  "100 sales, many": many.sales,
  "100 sales, one after another": many.salesInTurn,
  "100 sales, at once": many.salesAtOnce,
  "client path, Moonpath": clientPath.moonpath,
  "client path, Moonpath, prom-client": clientPath.withPrometheus,
  "deadline, Moonpath": deadline.moonpath,
  "stock event, Moonpath": event.moonpath,
  "stock event, five steps": event.fiveSteps,
  "price, Moonpath": price.moonpathOne,
  "price, two GETs": price.twoGets,
  "price, pipeline of two GETs": price.pipelineOfTwo,
  "100 prices, Moonpath": price.moonpathPage,
  "100 prices, 200 GETs": price.pageOfGets,
  "100 prices, pipeline of 200 GETs": price.pipelineOfPage,
  "lock, Moonpath": lock.moonpath,
  "lock, redlock": lock.redlock,
  "mark, Moonpath": marks.moonpath,
  "mark, SET NX": marks.setNx(false),
  "mark, SET NX with autopipelining": marks.setNx(true),
  "due items, Moonpath": expiry.moonpath,
  "due items, BullMQ": expiry.bullmq,
  "views, Moonpath": views.moonpath,
  "views, INCR": views.incr,
  "limit, Moonpath": limit.moonpath,
  "limit, rate-limiter-flexible": limit.rateLimiterFlexible,
  "sync, Moonpath": sync.moonpath,
  "sync, fetch": sync.bareFetch,
  ...cacheContestants,
};
