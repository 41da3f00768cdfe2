import { PrismaPg } from "@prisma/adapter-pg";
import { type GetPrismaClientConfig, getPrismaClient } from "@prisma/client/runtime/client";

const RUNTIME = "@prisma/client/runtime/query_compiler_fast_bg.postgresql";

/**
 * What `prisma generate` writes for a schema without models. Its command line downloads a program, so
 * the client is made here.
 */
const config: GetPrismaClientConfig = {
  previewFeatures: [],
  clientVersion: "7.10.0",
  engineVersion: "0edf323efd1d98336f3f0a68684b56f689b900d3",
  activeProvider: "postgresql",
  inlineSchema: 'datasource db {\n  provider = "postgresql"\n}\n',
  runtimeDataModel: { models: {}, enums: {}, types: {} },
  parameterizationSchema: { strings: [], graph: "AAAA" },
  compilerWasm: {
    getRuntime: () => import(`${RUNTIME}.mjs`),
    async getQueryCompilerWasmModule() {
      const { wasm } = await import(`${RUNTIME}.wasm-base64.mjs`);
      // The types of Node have no WebAssembly without those of a browser.
      const webAssembly: unknown = Reflect.get(globalThis, "WebAssembly");
      if (typeof webAssembly !== "object" || webAssembly === null) throw new Error("no WebAssembly");
      return Reflect.construct(Reflect.get(webAssembly, "Module"), [Buffer.from(wasm, "base64")]);
    },
    importName: "./query_compiler_fast_bg.js",
  },
};

/** The part of `Prisma.TransactionClient` that the tests use. */
export interface PrismaTransactionClient {
  $executeRawUnsafe(text: string, ...values: unknown[]): PromiseLike<number>;
}

/** The part of `PrismaClient` that the tests use. */
export interface PrismaOfTests extends PrismaTransactionClient {
  $connect(): Promise<void>;
  $disconnect(): Promise<void>;
  $transaction<Result>(work: (tx: PrismaTransactionClient) => Promise<Result>): Promise<Result>;
}

/** A client of Prisma 7, with its driver adapter for pg. */
export function prismaClient(databaseUrl: string): PrismaOfTests {
  const PrismaClient = getPrismaClient(config);
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl }) });
}
