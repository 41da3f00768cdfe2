/** Each answer of the test's origin has another number. */
export async function numberOf(name) {
  const response = await fetch(`${process.env.APP_ORIGIN}/${name}`, { cache: "no-store" });
  return response.text();
}
