import type { Refusal } from './answer.ts'
import { type SimulatedModel, simulatedModels } from './simulated-models.ts'

/** A submit that was understood and accepted, with the service's defaults filled in. */
export type Order = {
  model: string
  /** Cut to the model's length, as the service does without a word. */
  prompt: string
  images: string[]
  n: number
  /** A wished size, or an area (px) in the ratio of the last image, or the size of the input (`null`). */
  size: { width: number; height: number } | { area: number } | null
  seed: number | undefined
  watermark: boolean
  promptExtend: boolean
}

/** What was read of a submit: an order, or why it is refused. */
export type Reading = { ok: true; order: Order } | { ok: false; refusal: Refusal }

type Fields = Record<string, unknown>

const longestString = 28_000_000

/** Thrown inside the reader only: turns into the refusal that `readSubmit` returns. */
class Refused extends Error {
  readonly refusal: Refusal
  constructor(message: string, code = 'InvalidParameter', status = 400) {
    super(message)
    this.refusal = { status, code, message }
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const readObject = (value: unknown, name: string): Fields => {
  if (!isFields(value)) throw new Refused(`Field required: ${name}`)
  return value
}

const readText = (value: unknown, name: string, max: number): string => {
  if (typeof value !== 'string' || value === '') throw new Refused(`Field required: ${name}`)
  return Array.from(value).slice(0, max).join('')
}

const readFlag = (value: unknown, name: string, byDefault: boolean): boolean => {
  if (value === undefined || value === null) return byDefault
  if (typeof value !== 'boolean') throw new Refused(`Input should be a valid boolean: ${name}`)
  return value
}

const readInteger = (value: unknown, name: string, min: number, max: number): number | undefined => {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw new Refused(`${name} should be an integer between ${min} and ${max}`)
  }
  return value
}

const readImage = (value: unknown): string => {
  if (typeof value !== 'string' || value === '') throw new Refused('Field required: input.images')
  if (/^data:image\/[\w.+-]+;base64,/.test(value) || /^oss:\/\/.+/.test(value)) return value
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return value
  throw new Refused('The provided URL does not appear to be valid.', 'InvalidURL')
}

const readSize = (value: unknown, model: SimulatedModel): Order['size'] => {
  const { size } = model
  if (!size) return null
  if (value === undefined || value === null) return { area: size.defaultArea }
  const area = typeof value === 'string' ? size.classes[value] : undefined
  if (area !== undefined) return { area }
  const parts = typeof value === 'string' ? /^(\d+)\*(\d+)$/.exec(value) : null
  if (!parts) throw new Refused("size is not valid. Expected format: '<width>*<height>'")
  const width = Number(parts[1])
  const height = Number(parts[2])
  if (width * height < size.area[0] || width * height > size.area[1]) {
    throw new Refused(`total pixels of size must be between ${size.area[0]} and ${size.area[1]}`)
  }
  if (Math.max(width / height, height / width) > size.ratio) {
    throw new Refused(`aspect ratio of size must be between 1:${size.ratio} and ${size.ratio}:1`)
  }
  return { width, height }
}

type Asked = { prompt: string; images: string[] }

const readImagesInput = (input: Fields, model: SimulatedModel): Asked => {
  if (!Array.isArray(input['images'])) throw new Refused('Field required: input.images')
  return {
    prompt: readText(input['prompt'], 'input.prompt', model.promptMax),
    images: input['images'].map(readImage),
  }
}

const readFunctionInput = (input: Fields, model: SimulatedModel): Asked => {
  readText(input['function'], 'input.function', Infinity)
  return {
    prompt: readText(input['prompt'], 'input.prompt', model.promptMax),
    images: [readImage(input['base_image_url'])],
  }
}

const readMessagesInput = (input: Fields, model: SimulatedModel): Asked => {
  const messages: unknown[] = Array.isArray(input['messages']) ? input['messages'] : []
  if (messages.length !== 1) throw new Refused('input.messages must hold exactly one message')
  const message = readObject(messages[0], 'input.messages[0]')
  if (message['role'] !== 'user' || !Array.isArray(message['content'])) {
    throw new Refused('Field required: input.messages[0].content of the role user')
  }
  const parts = message['content'].map((part) => readObject(part, 'input.messages[0].content'))
  const texts = parts.filter((part) => 'text' in part)
  if (texts.length !== 1) throw new Refused('content must hold exactly one text')
  return {
    prompt: readText(texts[0]?.['text'], 'text', model.promptMax),
    images: parts.filter((part) => 'image' in part).map((part) => readImage(part['image'])),
  }
}

const readInput = (input: Fields, model: SimulatedModel): Asked => {
  switch (model.body) {
    case 'images':
      return readImagesInput(input, model)
    case 'function':
      return readFunctionInput(input, model)
    case 'messages':
      return readMessagesInput(input, model)
  }
}

const readCount = (parameters: Fields, model: SimulatedModel): number => {
  const sequential = readFlag(parameters['enable_sequential'], 'enable_sequential', false)
  if (readFlag(parameters['enable_interleave'], 'enable_interleave', false)) {
    throw new Refused('enable_interleave is not simulated: send false')
  }
  const max = sequential ? 12 : model.n.max
  return readInteger(parameters['n'], 'n', 1, max) ?? (sequential ? max : model.n.default)
}

const parse = (text: string): Fields => {
  try {
    const body: unknown = JSON.parse(text, (_, value: unknown) => {
      if (typeof value === 'string' && value.length > longestString) {
        throw new Refused('String value length exceeds the maximum allowed (28000000)')
      }
      return value
    })
    if (isFields(body)) return body
  } catch (error) {
    if (error instanceof Refused) throw error
  }
  throw new Refused('Required body invalid, please check the request body format.')
}

const read = (path: string, text: string): Order => {
  const body = parse(text)
  if (typeof body['model'] !== 'string' || body['model'] === '') {
    throw new Refused('Model is required.', 'BadRequest.EmptyModel')
  }
  const model = simulatedModels.get(body['model'])
  if (!model) throw new Refused('Model not exist.', 'ModelNotFound', 404)
  if (model.path !== path) throw new Refused('url error, please check url!')
  const input = readObject(body['input'], 'input')
  const parameters = body['parameters'] === undefined ? {} : readObject(body['parameters'], 'parameters')
  const asked = readInput(input, model)
  const [min, max] = model.images
  if (asked.images.length < min || asked.images.length > max) {
    throw new Refused(`the number of input images must be between ${min} and ${max}`)
  }
  return {
    model: model.id,
    ...asked,
    n: readCount(parameters, model),
    size: readSize(parameters['size'], model),
    seed: readInteger(parameters['seed'], 'seed', 0, 2_147_483_647),
    watermark: readFlag(parameters['watermark'], 'watermark', false),
    // wan2.5 and wan2.6 rewrite the prompt unless told not to; only wan2.5 tells the rewritten one
    promptExtend: readFlag(parameters['prompt_extend'], 'prompt_extend', model.body === 'images'),
  }
}

/**
 * Reads the body of a submit on a path (`image2image/image-synthesis`, …) as the service does: unknown parameters are
 * ignored (the Python SDK leaks `is_async`), overlong prompts are cut. docs/dashscope.md §1.3
 */
export const readSubmit = (path: string, text: string): Reading => {
  try {
    return { ok: true, order: read(path, text) }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal }
    throw error
  }
}
