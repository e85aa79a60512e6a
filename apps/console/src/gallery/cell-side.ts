import type { SmallSide } from '@restyle/client/images'

/** A picture of 320 may be enlarged so many times: coarser is not seen at the size of a cell, and the worker makes no larger one. */
const mostTimes = 1.5

/** Which small picture a cell asks for. `edge`: of the cell, in CSS pixels; `ratio`: device pixels per CSS pixel. */
export const sideFor = (edge: number, ratio: number): SmallSide =>
  edge * ratio > 320 * mostTimes ? '960' : '320'
