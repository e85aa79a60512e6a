const hourMs = 3600_000

/** How long the vendor answers for a task (docs/dashscope.md §2). From which moment it counts is not documented. */
export const taskLivesMs = 24 * hourMs

/** How long the address of a result image is good where the address itself does not say (docs/dashscope.md §2). */
export const urlLivesMs = 24 * hourMs

/** How long a picture stays in the vendor's temporary store (docs/dashscope.md §1.5). */
export const uploadLivesMs = 48 * hourMs
