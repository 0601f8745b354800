/// Words of coverage, move-ups and hospitals.

import type { Words } from "./words";

export const coverEn = {
  number: (percent: string) => `Coverage ${percent}`,
  preparing: (percent: string) => `Coverage: working out reach, ${percent}`,
  failed: "Coverage not known",
  unknown_long: "Without a map and free units nobody can say what is covered.",
  group_line: (group: string, percent: string, free: number, minutes: string) => `${group}: ${percent} within ${minutes}, ${free} free`,
  demand: { map: "demand as the map's streets suggest", file: "demand from the centre's file", record: "demand from recorded incidents" } as Record<string, string>,
  groups: { ambulance: "ambulances", engine: "engines" } as Record<string, string>,
  layer: "Coverage",
  layer_of: (group: string) => `Coverage: ${group}`,
  legend: "Expected to be reached in time",
  legend_steps: { low: "under 25 %", some: "25–50 %", half: "50–75 %", good: "75–90 %" },
  legend_clear: "Where nothing is shaded, 90 % or more.",
  key_layer: "Shade what is not covered; again for the next group",
  opens: (points: string) => `leaves ${points} points of coverage`,
  areas: {
    centre: "the centre", north: "the north", north_east: "the north-east", east: "the east", south_east: "the south-east",
    south: "the south", south_west: "the south-west", west: "the west", north_west: "the north-west",
  } as Record<string, string>,
};

export const coverPt: Words<typeof coverEn> = {
  number: (percent) => `Cobertura ${percent}`,
  preparing: (percent) => `Cobertura: a calcular alcances, ${percent}`,
  failed: "Cobertura desconhecida",
  unknown_long: "Sem mapa e sem meios livres ninguém pode dizer o que está coberto.",
  group_line: (group, percent, free, minutes) => `${group}: ${percent} em ${minutes}, ${free} livres`,
  demand: { map: "procura sugerida pelas ruas do mapa", file: "procura do ficheiro do centro", record: "procura das ocorrências registadas" },
  groups: { ambulance: "ambulâncias", engine: "autobombas" },
  layer: "Cobertura",
  layer_of: (group) => `Cobertura: ${group}`,
  legend: "Alcançado a tempo, em média",
  legend_steps: { low: "menos de 25 %", some: "25–50 %", half: "50–75 %", good: "75–90 %" },
  legend_clear: "Onde nada se sombreia, 90 % ou mais.",
  key_layer: "Sombrear o que não está coberto; outra vez para o grupo seguinte",
  opens: (points) => `retira ${points} pontos de cobertura`,
  areas: {
    centre: "o centro", north: "o norte", north_east: "o nordeste", east: "o leste", south_east: "o sudeste",
    south: "o sul", south_west: "o sudoeste", west: "o oeste", north_west: "o noroeste",
  },
};
