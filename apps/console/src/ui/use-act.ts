import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useToasts } from './toasts.tsx'

/**
 * Does something at the producer, says what was done or why not, and has what stands under `stale` read anew. Gives a function
 * that does it, and whether it is under way.
 */
export function useAct(stale: readonly unknown[]) {
  const queries = useQueryClient()
  const { say, failed } = useToasts()
  const { mutate, isPending } = useMutation({
    mutationFn: async ({ call }: Act) => call(),
    onSuccess: (_, { said, done }) => {
      say(said)
      done?.()
    },
    onError: failed,
    // refused or not: somebody else may have done it
    onSettled: () => queries.invalidateQueries({ queryKey: stale }),
  })
  return { act: (act: Act) => mutate(act), busy: isPending }
}

export type Act = { call: () => Promise<unknown>; said: string; done?: () => void }
