/**
 * Draws an address space on a canvas: colour says what kind of memory, full or pale whether it is stored, hatching that
 * it can be run. Where the system forces its colours, the kinds of memory have patterns too.
 */
import type { MemoryLayout } from '../../model/memory.ts'
import type { AddressPicture, PictureBlock } from '../../query/address-picture.ts'
import { groupOf, type MappingGroupId } from '../../query/memory-summary.ts'
import { mappingName } from '../../query/places.ts'
import { visibleText } from '../../base/text.ts'
import type { Area } from '../../ui/share.ts'

export const AREAS: Readonly<Record<MappingGroupId, Area>> = {
  file: 1,
  'file-shared': 1,
  anonymous: 2,
  heap: 3,
  code: 4,
  stack: 5,
  shared: 6,
  kernel: 6,
}

/** Pixels: height of a line, of the band that says writable, between lines. */
const LINE = 24
const BAND = 4
const BETWEEN = 4

export interface PictureSize {
  readonly width: number
  readonly lines: number
}

/** As many lines as give the blocks room, one to five. */
export function sizeFor(picture: AddressPicture, width: number): PictureSize {
  const lines = Math.min(5, Math.max(1, Math.ceil((picture.total * 3.2) / Math.max(1, width))))
  return { width, lines }
}

export function heightOf({ lines }: PictureSize): number {
  return lines * LINE + (lines - 1) * BETWEEN
}

/** Position under a point of the canvas. */
export function positionAt(picture: AddressPicture, { width, lines }: PictureSize, x: number, y: number): number {
  const line = Math.max(0, Math.min(lines - 1, Math.floor(y / (LINE + BETWEEN))))
  return ((line + Math.min(0.9999, Math.max(0, x / width))) / lines) * picture.total
}

interface Pen {
  readonly context: CanvasRenderingContext2D
  readonly picture: AddressPicture
  readonly size: PictureSize
  readonly colour: (name: string) => string
  /** Each kind of memory has a pattern beside its colour: for forced colours. */
  readonly isPatterned: boolean
}

/** Kinds of memory told apart by lines in these directions, by dots or by none; what can be run is hatched anyway. */
const PATTERNS: Readonly<Record<Area, 'none' | 'dots' | 'level' | 'upright' | 'grid'>> = {
  1: 'none',
  2: 'dots',
  3: 'level',
  4: 'none',
  5: 'grid',
  6: 'upright',
}
/** Pixels from one line or dot of a pattern to the next. */
const MESH = 4

/** The pieces of a stretch on its lines: x, width, top. */
function* pieces({ picture, size }: Pen, from: number, to: number): Generator<[number, number, number]> {
  const scale = (size.width * size.lines) / picture.total
  const end = to * scale
  let at = from * scale
  while (at < end) {
    const line = Math.min(size.lines - 1, Math.floor(at / size.width + 1e-9))
    const stop = Math.min(end, (line + 1) * size.width)
    yield [at - line * size.width, stop - at, line * (LINE + BETWEEN)]
    if (line === size.lines - 1) return
    at = stop
  }
}

export function drawPicture(pen: Pen, layout: MemoryLayout, selected: bigint | undefined): void {
  const { context, picture, size } = pen
  context.clearRect(0, 0, size.width, heightOf(size))
  for (const block of picture.blocks) drawBlock(pen, layout, block)
  drawStored(pen, layout)
  for (const block of picture.blocks) drawSigns(pen, layout, block)
  if (selected !== undefined) drawCursor(pen, selected)
}

function areaOf(layout: MemoryLayout, mapping: number): Area {
  const row = layout.mappings[mapping]
  return row ? AREAS[groupOf(row.vma).id] : 6
}

function drawBlock(pen: Pen, layout: MemoryLayout, block: PictureBlock): void {
  const { context, colour } = pen
  for (const [x, width, top] of pieces(pen, block.at, block.at + block.width)) {
    if (block.isHole) {
      context.fillStyle = colour('--line-strong')
      for (const dot of [-5, 0, 5]) context.fillRect(Math.round(x + width / 2), top + LINE / 2 + dot, 1, 2)
      continue
    }
    context.globalAlpha = 0.25
    context.fillStyle = colour(`--area-${areaOf(layout, block.mapping)}`)
    context.fillRect(x, top, Math.max(1, width - 1), LINE - BAND)
    context.globalAlpha = 1
  }
}

/** What is stored, at its place; many small ranges within one pixel are one. */
function drawStored(pen: Pen, layout: MemoryLayout): void {
  const { context, picture, colour } = pen
  let drawn = -1
  const step = picture.total / (pen.size.width * pen.size.lines)
  for (let range = 0; range < layout.start.length; range++) {
    const kind = layout.reasons[layout.reason[range] ?? -1]?.kind
    if (kind !== 'stored' && kind !== 'parent') continue
    const start = layout.start[range] ?? 0n
    const from = picture.positionOf(start)
    const to = Math.max(from + step, picture.positionOf(start + (layout.length[range] ?? 1n) - 1n))
    if (to <= drawn) continue
    drawn = to
    context.fillStyle = colour(`--area-${areaOf(layout, layout.mapping[range] ?? -1)}`)
    for (const [x, width, top] of pieces(pen, from, to)) context.fillRect(x, top, width, LINE - BAND)
  }
}

function drawSigns(pen: Pen, layout: MemoryLayout, block: PictureBlock): void {
  const row = layout.mappings[block.mapping]
  if (!row) return
  const { context, colour } = pen
  let isFirst = true
  for (const [x, width, top] of pieces(pen, block.at, block.at + block.width)) {
    const wide = Math.max(1, width - 1)
    if (pen.isPatterned) drawPattern(pen, AREAS[groupOf(row.vma).id], x, top, wide)
    if ((row.vma.prot & 4) !== 0) drawHatching(context, colour('--text'), x, top, wide)
    if ((row.vma.prot & 2) !== 0) {
      context.fillStyle = colour('--text-quiet')
      context.fillRect(x, top + LINE - BAND + 1, wide, BAND - 2)
    }
    if (isFirst) drawName(pen, visibleText(mappingName(row.vma)), x, top, wide)
    isFirst = false
  }
}

function drawPattern({ context, colour }: Pen, area: Area, x: number, top: number, width: number): void {
  const pattern = PATTERNS[area]
  const bottom = top + LINE - BAND
  const hasLevel = pattern === 'level' || pattern === 'grid'
  const hasUpright = pattern === 'upright' || pattern === 'grid'
  context.fillStyle = colour('--text')
  if (hasLevel) for (let y = top + 2; y < bottom; y += MESH) context.fillRect(x, y, width, 1)
  for (let at = x + 2; at < x + width; at += MESH) {
    if (hasUpright) context.fillRect(at, top, 1, LINE - BAND)
    if (pattern === 'dots') for (let y = top + 2; y < bottom; y += MESH) context.fillRect(at, y, 1, 1)
  }
}

function drawHatching(context: CanvasRenderingContext2D, colour: string, x: number, top: number, width: number): void {
  context.save()
  context.beginPath()
  context.rect(x, top, width, LINE - BAND)
  context.clip()
  context.strokeStyle = colour
  context.globalAlpha = 0.5
  context.beginPath()
  for (let at = x - LINE; at < x + width; at += 6) {
    context.moveTo(at, top + LINE - BAND)
    context.lineTo(at + LINE - BAND, top)
  }
  context.stroke()
  context.restore()
}

/** The last part of the name, where it fits whole. */
function drawName({ context, colour }: Pen, name: string, x: number, top: number, width: number): void {
  const text = (name.split('/').at(-1) ?? '').slice(0, 40)
  const needed = context.measureText(text).width
  if (text === '' || needed + 8 > width) return
  context.fillStyle = colour('--page')
  context.globalAlpha = 0.85
  context.fillRect(x + 2, top + 3, needed + 4, LINE - BAND - 6)
  context.globalAlpha = 1
  context.fillStyle = colour('--text')
  context.fillText(text, x + 4, top + 14)
}

function drawCursor(pen: Pen, address: bigint): void {
  const { context, picture, colour } = pen
  const at = picture.positionOf(address)
  const block = picture.blockAt(at)
  if (!block || address < block.start || address >= block.end) return
  context.strokeStyle = colour('--focus')
  context.lineWidth = 2
  for (const [x, width, top] of pieces(pen, block.at, block.at + block.width))
    context.strokeRect(x + 1, top + 1, Math.max(2, width - 3), LINE - 2)
  context.lineWidth = 1
}

/** Colours of the theme: light-dark() is only resolved in a property that takes a colour. */
export function coloursOf(canvas: HTMLCanvasElement): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    let colour = known.get(name)
    if (colour === undefined) {
      canvas.style.color = `var(${name})`
      colour = getComputedStyle(canvas).color
      known.set(name, colour)
    }
    return colour
  }
}
