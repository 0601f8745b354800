/// Words of agencies and of who else sees an incident: marks on rows, the panel, the form, the command line.

import type { Words } from "./words";

export const sharingEn = {
  mark: (agency: string, until: string) => `shared by ${agency || "the centre"} ${until}`,
  mark_out: (agencies: string) => `shared with ${agencies}`,
  until: (time: string) => `until ${time}`,
  until_closed: "until it is closed",
  ended: { time: "its time was up", ordered: "by order", closed: "the incident was closed" },
  title: "Seen by others too",
  with: (agency: string, until: string, by: string) => `${agency} ${until} · ${by}`,
  agency: "Agency",
  your_agency: (agency: string) => `You see what agency ${agency} sees: its own incidents, and those shared with it`,
  how_long: "For how long",
  reason: "Why they need to see it",
  share: "Share",
  stop: (agency: string) => `End sharing with ${agency}`,
  cancel: "Leave it",
  lasts: { until_closed: "until closed", minutes: (n: number) => `${n} min`, hours: (n: number) => `${n} h` },
  help: { share: "let another agency see an incident, for a time", unshare: "end it", key: "Share the selected incident with another agency" },
  what: { agency: "an agency", reason: "why they need to see it" },
  orders: {
    share: (incident: string, agency: string, until: string, reason: string) => `Share ${incident} with ${agency} ${until}: ${reason}`,
    end: (incident: string, agency: string) => `End sharing ${incident} with ${agency}`,
  },
};

export const sharingPt: Words<typeof sharingEn> = {
  mark: (agency, until) => `partilhada por ${agency || "o centro"} ${until}`,
  mark_out: (agencies) => `partilhada com ${agencies}`,
  until: (time) => `até às ${time}`,
  until_closed: "até ser fechada",
  ended: { time: "acabou o tempo", ordered: "por ordem", closed: "a ocorrência foi fechada" },
  title: "Vista também por outros",
  with: (agency, until, by) => `${agency} ${until} · ${by}`,
  agency: "Entidade",
  your_agency: (agency) => `Vê o que a entidade ${agency} vê: as suas ocorrências, e as partilhadas com ela`,
  how_long: "Durante quanto tempo",
  reason: "Porque precisam de a ver",
  share: "Partilhar",
  stop: (agency) => `Deixar de partilhar com ${agency}`,
  cancel: "Deixar como está",
  lasts: { until_closed: "até ser fechada", minutes: (n) => `${n} min`, hours: (n) => `${n} h` },
  help: { share: "deixar outra entidade ver uma ocorrência, por um tempo", unshare: "acabar com isso", key: "Partilhar a ocorrência escolhida com outra entidade" },
  what: { agency: "uma entidade", reason: "porque precisam de a ver" },
  orders: {
    share: (incident, agency, until, reason) => `Partilhar ${incident} com ${agency} ${until}: ${reason}`,
    end: (incident, agency) => `Deixar de partilhar ${incident} com ${agency}`,
  },
};
