/** At or below so many available units a product counts as low. */
export const low = 3;

/** The status that a shop shows for so many available units. */
export function statusOf(available: number, from = low): string {
  if (available <= 0) return "out_of_stock";
  return available <= from ? "low_stock" : "in_stock";
}
