/** How many sequences are tried in all. Each run of the suite tries others; `pnpm model` tries 10,000. */
export const sequencesInAll = Number(process.env['RESTYLE_SEQUENCES'] ?? 1_500)
