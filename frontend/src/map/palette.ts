/** Colours of the map. Marks follow Okabe & Ito; each has a size, a ring or a number besides. */

export type Theme = 'light' | 'dark';
export type Palette = {
  ground: string;
  water: string;
  waterLine: string;
  green: string;
  land: string;
  building: string;
  road: string;
  roadMajor: string;
  roadEdge: string;
  rail: string;
  text: string;
  textSoft: string;
  halo: string;
  /** People lose something here: from few person-hours to many. */
  lost: [string, string];
  finding: string;
  cause: string;
  selected: string;
  off: string;
};

export const PALETTES: Record<Theme, Palette> = {
  light: {
    ground: '#f3f2ee',
    water: '#c9dde9',
    waterLine: '#b4cfdf',
    green: '#dfe9d8',
    land: '#ecebe6',
    building: '#e0ddd6',
    road: '#ffffff',
    roadMajor: '#fffdf5',
    roadEdge: '#d9d5cb',
    rail: '#c2bdb3',
    text: '#33424d',
    textSoft: '#5b6b76',
    halo: '#f8f7f4',
    lost: ['#e6956b', '#a82400'],
    finding: '#8a5300',
    cause: '#8a1f6b',
    selected: '#0b5c97',
    off: '#6b6b6b',
  },
  dark: {
    ground: '#11191f',
    water: '#0a2333',
    waterLine: '#123047',
    green: '#14231d',
    land: '#151e25',
    building: '#1d2830',
    road: '#26323b',
    roadMajor: '#313e48',
    roadEdge: '#0d1419',
    rail: '#3b4852',
    text: '#c7d2da',
    textSoft: '#94a5b1',
    halo: '#0d1419',
    lost: ['#c96c3e', '#ff9a70'],
    finding: '#f2b04c',
    cause: '#f08ad0',
    selected: '#6fb9f0',
    off: '#8d8d8d',
  },
};
