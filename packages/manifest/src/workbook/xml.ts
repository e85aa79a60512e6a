import { SaxesParser } from 'saxes'
import { BrokenWorkbook } from './broken-workbook.ts'
import { workbookLimits } from './workbook-limits.ts'

/** What a reader of XML wants to see. Names come without their prefixes; attributes keep theirs. */
export type XmlReader = {
  open?: (name: string, attributes: Readonly<Record<string, string>>) => void
  close?: (name: string) => void
  text?: (text: string) => void
}

const { pieceBytes, depth: deepest } = workbookLimits

/**
 * Gives what a reader has emitted, piece by piece as the bytes come. Throws `BrokenWorkbook` where they are no XML, or one
 * piece of it has no end.
 */
export async function* readXml<T>(
  bytes: AsyncIterable<Uint8Array>,
  part: string,
  readerOf: (emit: (item: T) => void) => XmlReader,
): AsyncGenerator<T> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let items: T[] = []
  const parser = openParser(
    part,
    readerOf((item) => items.push(item)),
  )
  for await (const piece of bytes) {
    parser.write(decode(decoder, part, piece), piece.length)
    yield* items
    items = []
  }
  parser.write(decode(decoder, part), 0)
  parser.close()
  yield* items
}

/** Reads a whole part. */
export async function parseXml(
  bytes: AsyncIterable<Uint8Array>,
  part: string,
  reader: XmlReader,
): Promise<void> {
  for await (const _ of readXml<never>(bytes, part, () => reader)) continue
}

function decode(decoder: InstanceType<typeof TextDecoder>, part: string, piece?: Uint8Array): string {
  try {
    return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true })
  } catch {
    throw new BrokenWorkbook(`is damaged: its part ${part} is not UTF-8`)
  }
}

function openParser(part: string, { open, close, text }: XmlReader) {
  const parser = new SaxesParser({ xmlns: false, position: false })
  const broken = (why: string): BrokenWorkbook => new BrokenWorkbook(`is damaged: its part ${part} ${why}`)
  let [depth, since] = [0, 0]
  parser.on('error', (error) => {
    throw broken(`is no XML (${error.message})`)
  })
  parser.on('doctype', () => {
    throw broken('declares a document type')
  })
  parser.on('opentag', ({ name, attributes }) => {
    since = 0
    depth += 1
    if (depth > deepest) throw broken(`is nested deeper than ${deepest} levels`)
    open?.(localName(name), attributes)
  })
  parser.on('closetag', ({ name }) => {
    since = 0
    depth -= 1
    close?.(localName(name))
  })
  for (const event of ['text', 'cdata'] as const)
    parser.on(event, (each) => {
      since = 0
      text?.(each)
    })
  return {
    write: (chunk: string, bytes: number): void => {
      parser.write(chunk)
      since += bytes
      // what has no end yet is held by the parser
      if (since > pieceBytes) throw broken(`has a piece of more than ${pieceBytes} bytes`)
    },
    close: (): void => {
      parser.close()
    },
  }
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)
