export async function register() {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { nextCache } = await import("./cache.mjs");
  console.log("initial", JSON.stringify(await nextCache.registerInitialCache()));
}
