/** The part of redlock that the bench calls. Its package hides its types from TypeScript's `NodeNext`. */
declare module "redlock" {
  import type { Redis } from "ioredis";

  export interface HeldLock {
    release(): Promise<unknown>;
  }

  export default class Redlock {
    constructor(clients: Iterable<Redis>);
    acquire(resources: string[], durationMs: number): Promise<HeldLock>;
  }
}
