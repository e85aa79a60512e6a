import type { BodyInput, Model, Parameter } from './model.ts'

/** wan2.5's body: `input.prompt` and `input.images` (docs/dashscope.md §1.3). */
export function promptImages(model: Model, input: BodyInput): object {
  return {
    model: model.id,
    input: {
      prompt: input.prompt,
      images: input.images,
      ...(input.negativePrompt === undefined ? {} : { negative_prompt: input.negativePrompt }),
    },
    parameters: parameters(model, input),
  }
}

/** wan2.6's and wan2.7's body: one message whose parts are the pictures, then the text (docs/models.md §2 and §3). */
export function messages(model: Model, input: BodyInput): object {
  const content = [...input.images.map((image) => ({ image })), { text: input.prompt }]
  return {
    model: model.id,
    input: { messages: [{ role: 'user', content }] },
    parameters: {
      ...parameters(model, input),
      ...(input.negativePrompt === undefined ? {} : { negative_prompt: input.negativePrompt }),
    },
  }
}

/** Whatever has a default that costs, or that differs between the vendor's pages, is always said: an absent `n` means four images. */
function parameters(model: Model, input: BodyInput): object {
  const knows = (parameter: Parameter) => model.accepts.parameters.includes(parameter)
  const size = input.size ?? model.accepts.size.default
  return {
    n: input.n,
    ...(size === null ? {} : { size }),
    ...(input.seed === undefined ? {} : { seed: input.seed }),
    ...(knows('promptExtend') ? { prompt_extend: input.promptExtend ?? true } : {}),
    watermark: input.watermark ?? false,
    ...model.always,
  }
}
