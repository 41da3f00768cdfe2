/** The servers of the shop, and its port. The URLs have passwords, so no argument or log has them. */
export interface ShopPlace {
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly namespace: string;
  readonly schema: string;
  /** 0 selects a free port. */
  readonly port: number;
}
