import type { Model, Parameter, Range } from './model.ts'

/** What an edit asks for, in nobody's spelling. `images` is their number; `size` is `W*H`, or a class like `1K` where the model has one. */
export type EditSpec = {
  prompt: string
  negativePrompt?: string | undefined
  images: number
  n: number
  size?: string | undefined
  seed?: number | undefined
  promptExtend?: boolean | undefined
  watermark?: boolean | undefined
}

/** What is known of a source picture; `format` as decoders name it (`jpeg`, `png`, …), sides in pixels. */
export type Picture = { format: string; width: number; height: number; bytes: number }

/** One reason to refuse, in one line: what was wrong and what is allowed. */
export type Fault = { field: string; message: string }

/** Everything for which the model would refuse the edit, or cut it silently; empty if it may be sent. */
export function faultsOfSpec(model: Model, spec: EditSpec): Fault[] {
  const { accepts, id } = model
  const messages: [field: string, message: string | undefined][] = [
    ['prompt', promptFault(model, spec.prompt)],
    ['images', outside('images', spec.images, accepts.images, id)],
    ['n', outside('n', spec.n, accepts.n, id)],
  ]
  for (const parameter of PARAMETERS) {
    if (spec[parameter] === undefined) continue
    if (accepts.parameters.includes(parameter))
      messages.push([parameter, parameterFault(model, spec, parameter)])
    else messages.push([parameter, `${id} does not know ${parameter}; leave it out`])
  }
  return messages.flatMap(([field, message]) => (message === undefined ? [] : [{ field, message }]))
}

/**
 * Why a text cannot travel as it is: half of a character (a lone surrogate) has no UTF-8, so that whoever sends it replaces
 * it, and what comes back is not what was sent. Undefined for any other text.
 */
export function malformed(what: string, text: string): string | undefined {
  if (text.isWellFormed()) return undefined
  const at = text.search(/\p{Surrogate}/u)
  return `${what} holds half of a character (at position ${at + 1}): write it again`
}

/** Everything for which the model would refuse the picture. */
export function faultsOfPicture(model: Model, picture: Picture): Fault[] {
  const { formats, side, bytes, ratio } = model.accepts.picture
  const { width, height } = picture
  const format = picture.format.toLowerCase().replace(/^jpg$/, 'jpeg')
  const messages: [field: string, message: string | undefined][] = [
    [
      'format',
      formats.includes(format)
        ? undefined
        : `format is ${picture.format}; ${model.id} takes ${formats.join(', ')}`,
    ],
    ['width', outside('width', width, side, model.id, ' px')],
    ['height', outside('height', height, side, model.id, ' px')],
    [
      'ratio',
      ratio === undefined ? undefined : ratioFault(`${width}*${height}`, width, height, ratio, model.id),
    ],
    ['bytes', outside('file', picture.bytes, [1, bytes], model.id, ' bytes')],
  ]
  return messages.flatMap(([field, message]) => (message === undefined ? [] : [{ field, message }]))
}

const PARAMETERS: readonly Parameter[] = ['negativePrompt', 'size', 'seed', 'promptExtend', 'watermark']

function promptFault({ id, accepts }: Model, prompt: string): string | undefined {
  const max = accepts.prompt[1]
  if (prompt.trim() === '') return `prompt is empty; ${id} needs 1 to ${max} characters`
  return malformed('prompt', prompt) ?? tooLong('prompt', prompt, max, id)
}

const negativePromptFault = ({ id, accepts }: Model, text: string): string | undefined =>
  malformed('negativePrompt', text) ?? tooLong('negativePrompt', text, accepts.negativePrompt[1], id)

function parameterFault(model: Model, spec: EditSpec, parameter: Parameter): string | undefined {
  const { accepts, id } = model
  switch (parameter) {
    case 'negativePrompt':
      return negativePromptFault(model, spec.negativePrompt ?? '')
    case 'size':
      return sizeFault(model, spec.size ?? '')
    case 'seed':
      return outside('seed', spec.seed ?? 0, accepts.seed, id)
    case 'promptExtend':
    case 'watermark':
      return undefined
  }
}

function sizeFault({ id, accepts }: Model, size: string): string | undefined {
  const { classes, area, ratio } = accepts.size
  if (classes.includes(size)) return undefined
  const [, w, h] = /^([1-9]\d{0,4})\*([1-9]\d{0,4})$/.exec(size) ?? []
  if (w === undefined || h === undefined) {
    const allowed = [...classes, 'W*H as in 1280*960'].join(', ')
    return `size ${JSON.stringify(size)} is not understood; ${id} takes ${allowed}`
  }
  const [width, height] = [Number(w), Number(h)]
  const pixels = width * height
  if (pixels < area[0] || pixels > area[1]) {
    return `size ${size} has ${pixels} pixels; ${id} takes ${area[0]} to ${area[1]}`
  }
  return ratioFault(`size ${size}`, width, height, ratio, id)
}

function ratioFault(
  what: string,
  width: number,
  height: number,
  ratio: number,
  id: string,
): string | undefined {
  // written so that a side of 0 or NaN is a fault too
  const fits = width <= height * ratio && height <= width * ratio
  return fits ? undefined : `${what} is too narrow or too wide; ${id} takes 1:${ratio} to ${ratio}:1`
}

function tooLong(what: string, text: string, max: number, id: string): string | undefined {
  // never more characters than units of UTF-16, of which a text knows its number
  if (text.length <= max) return undefined
  const length = Array.from(text).length
  return length > max ? `${what} has ${length} characters; ${id} takes at most ${max}` : undefined
}

function outside(what: string, value: number, [min, max]: Range, id: string, unit = ''): string | undefined {
  if (Number.isInteger(value) && value >= min && value <= max) return undefined
  return `${what} is ${value}${unit}; ${id} takes ${min} to ${max}`
}
