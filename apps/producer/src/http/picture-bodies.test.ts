import { EventEmitter } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pictureRoomOf } from './picture-bodies.ts'
import { openPlaces } from './places.ts'

const MiB = 1024 * 1024

describe('pictureRoomOf', () => {
  const enter = openPlaces({ all: 3 * MiB, each: 2 * MiB })
  const of = (producer: string) => {
    const raw = new EventEmitter()
    const room = pictureRoomOf({ producer } as FastifyRequest, { raw } as unknown as FastifyReply, enter)
    return { room, close: () => raw.emit('close') }
  }

  it('holds the pictures of one producer, and of all, up to a bound, until their answers have gone', () => {
    const [first, second, third] = [of('mine'), of('mine'), of('theirs')]
    first.room(MiB)
    second.room(1)
    expect(() => first.room(1)).toThrow('Pictures in bodies of this producer are being read, 96 MiB')
    third.room(10)
    expect(() => of('others').room(1)).toThrow('Pictures in bodies are being read, 256 MiB of them at most')
    second.close()
    first.room(1)
    second.close()
    expect(() => of('others').room(1)).toThrow('Send this one again in a moment, or upload')
    for (const each of [first, third]) each.close()
    of('others').room(2 * MiB)
  })
})
