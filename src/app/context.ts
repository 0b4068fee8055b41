/**
 * What a screen may ask of the application: the checkpoint at hand, the selection, links, and reads of evidence.
 * The frame provides it; tests provide their own.
 */
import { createContext } from 'svelte'
import type { AnalysisClient } from '../../workers/client.ts'
import type { AnalysisApi } from '../../workers/contract.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Ref } from '../model/ref.ts'

/** The reads of evidence that screens make. Every one may fail and is then said so where it was asked for. */
export type ViewClient = Pick<
  AnalysisApi,
  | 'processDetail'
  | 'inspect'
  | 'listNested'
  | 'readMember'
  | 'locate'
  | 'records'
  | 'fields'
  | 'decodeMember'
  | 'memberBlob'
  | 'coreStream'
  | 'coreBlob'
  | 'checkTerm'
  | 'placeBytes'
  | 'memoryLayout'
  | 'readMemory'
  | 'sharedObjects'
  | 'memoryStream'
  | 'memoryBlob'
  | 'memoryRanges'
  | 'memoryHome'
  | 'dropMemoryCopy'
> &
  Pick<AnalysisClient, 'searchMemory' | 'findStrings' | 'copyMemory' | 'imageStream' | 'imageBlob'>

/** The person's choices that concern several screens; reactive, kept between visits. */
export interface ViewSettings {
  /** Draws and copies a mask for values that look like secrets. */
  maskSecrets: boolean
}

export interface ViewContext {
  /** The checkpoint worked on. Screens that need one are mounted only while there is one. */
  readonly checkpoint: Checkpoint
  /** Id of that checkpoint; undefined when none is open. */
  readonly current: string | undefined
  /** All that were opened, in the order of opening. */
  readonly checkpoints: readonly Checkpoint[]
  /** What the URL points to; may point to nothing in this checkpoint. */
  readonly selected: Ref | undefined
  /** What was typed into the filter of the screen at hand; part of its address. */
  filter: string
  /** What a person typed into the screen's form, by name; part of its address, so never evidence. Set as a whole. */
  query: Readonly<Record<string, string>>
  readonly settings: ViewSettings
  readonly client: ViewClient
  /** In-app link (starts with `#`); holds ids only, never evidence. Default: the checkpoint at hand. */
  href(viewId: string, ref?: Ref, checkpointId?: string): string
  /** Selects within the screen at hand. */
  select(ref: Ref | undefined): void
  /** Goes to a screen. */
  go(viewId: string, ref?: Ref): void
  /** Goes to the screen that shows things of this kind. */
  reveal(ref: Ref): void
  /** Makes a checkpoint the one worked on. */
  pick(checkpointId: string): void
  close(checkpointId: string): void
}

export const [viewContext, provideViewContext] = createContext<ViewContext>()
