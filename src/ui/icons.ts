/** Line icons on a 16 × 16 grid, drawn for this project: SVG path data by name. */
export const icons = {
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9M10.4 10.4L14 14',
  close: 'M4 4l8 8M12 4l-8 8',
  right: 'M6 3.5L10.5 8L6 12.5',
  down: 'M3.5 6L8 10.5L12.5 6',
  sortUp: 'M8 13V3M4.5 6.5L8 3l3.5 3.5',
  sortDown: 'M8 3v10M4.5 9.5L8 13l3.5-3.5',
  download: 'M8 2.5v7.5M4.5 7L8 10.5L11.5 7M3 13.5h10',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  check: 'M3 8.5L6.5 12L13 4.5',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  file: 'M4 1.8h5L12.5 5.3v8.9H4zM9 1.8v3.5h3.5',
  folder: 'M1.8 4h4.4l1.5 1.6h6.5v7.4H1.8z',
  warning: 'M8 2.2L14.6 13.6H1.4zM8 6.6v3.2M8 11.7h.01',
  help: 'M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 0 1 0-12.4M6.2 6.2c.2-2.3 3.7-2.1 3.6 0c0 1.3-1.8 1.5-1.8 2.8M8 11.4h.01',
  sun: 'M8 5a3 3 0 1 1 0 6a3 3 0 0 1 0-6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8L13 13M13 3l-1.2 1.2M4.2 11.8L3 13',
  moon: 'M13.5 9.7A6 6 0 0 1 6.3 2.5a6 6 0 1 0 7.2 7.2z',
  auto: 'M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12M8 2v12M8.4 4.2h3.8M8.4 6.8h5M8.4 9.4h5M8.4 12h3.6',
  panel: 'M1.8 3h12.4v10H1.8zM10 3v10',
  drop: 'M8 1.8v8M4.8 6.8L8 10l3.2-3.2M2 10.5v3.7h12v-3.7',
  settings: 'M2 4.5h6.2M11.8 4.5H14M10 2.7v3.6M2 11.5h2.2M7.8 11.5H14M6 9.7v3.6',
  lock: 'M3.5 7h9v7h-9zM5.5 7V4.7a2.5 2.5 0 0 1 5 0V7',
} as const

export type IconName = keyof typeof icons
