/** A number and what is counted: `1 edit`, `2 edits`. */
export const countText = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`
