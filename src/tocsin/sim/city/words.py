"""Words for names: places, trees, birds, trades, the sea.

Written for this project; no living or real person is meant.
"""

from __future__ import annotations


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.replace("\n", " ").split(","))


CITIES = _listed("""
Vila Serena, Porto Alvor, Ribeira Nova, Santa Ilda, Monte Claro, Águas Frias, Cabo Sereno, Porto Lindeiro,
Vale Marinho, São Telmo do Mar, Fonte Boa, Angra Velha
""")
DISTRICTS = _listed("""
Alcáçova, Baixa, Ribeira, Graça Alta, Boavista, Cais Novo, São Brás, Santa Eufémia, Olival, Pomar, Moinhos,
Torre Velha, Lapa, Monte Redondo, Fontaínhas, Pedreiras, Marinha, Salinas, Vale Fundo, Quinta do Lago, Campo
Largo, Arrifes, Penha, Carvalhal, Ameixoeira, Loureiro, Castanheira, Figueiral, Ponte Nova, Azenha, Cruz da
Pedra, Arco, Picoto, Outeiro, Várzea, Charneca, Portela, Encosta, Miradouro, Arsenal, Alfândega, Estaleiro,
Calheta, Praia Norte, Praia Sul, Farol, Gaivota, Terra Chã, Northgate, Eastmoor, Westfield, Southcliff,
Harbourside, Millbrook, Kingsmead, Ashgrove, Oakhurst, Fairhaven, Longmeadow, Stonebridge, Marlowe Park,
Windmill Hill, Saltmarsh, Lantern Point, Redcliff, Greenways, Highfield, Lowmoor, Brightwater, Hawthorn,
Orchard End, Quarry Bank, Ferry Hill, Cold Spring, São Mamede, Santa Iria, São Gens, Nossa Senhora do Mar,
Vinhas, Ermida, Barroca, Fajã, Lombada, Ladeira, Palheiros, Regato, Serrado, Tanque, Trigal, Zambujal, Aldeia
Velha, Bica, Cerro, Telheiro, Old Mill, Beacon Hill, Harrow Green, Pinewood, Larkfield, Meadowbank, Rookery,
Thornbury, Willowdale
""")
OTHER_SCRIPTS = (
    ("الميناء القديم", "老港"),
    ("حي الزيتون", "橄榄区"),
    ("الجسر الجديد", "新桥"),
    ("المنارة", "灯塔区"),
    ("البساتين", "果园"),
    ("الطواحين", "磨坊区"),
    ("الشاطئ الشمالي", "北滩"),
    ("التل الأخضر", "绿丘"),
)
ENGLISH = _listed("""
Acorn, Alder, Almond, Amber, Anchor, Apple, Arbour, Ash, Aspen, Barley, Beacon, Beech, Bell, Birch, Bramble,
Briar, Brook, Cedar, Chalk, Cherry, Chestnut, Clay, Clover, Copper, Coral, Crane, Cutler, Cypress, Dove,
Driftwood, Elder, Elm, Fallow, Falcon, Fern, Ferry, Fisher, Flint, Foundry, Fox, Garnet, Glover, Gorse,
Granary, Granite, Gull, Harvest, Hawk, Hazel, Heather, Heron, Hollow, Holly, Honey, Hop, Iris, Ivy, Jasmine,
Juniper, Kestrel, Kiln, Lantern, Larch, Lark, Laurel, Lavender, Lemon, Lilac, Lime, Linden, Linnet, Magpie,
Mallow, Maple, Marble, Market, Marsh, Meadow, Medlar, Mill, Mint, Moss, Mulberry, Myrtle, Nettle, Nightingale,
Oak, Olive, Orange, Orchard, Osier, Otter, Palm, Peach, Pear, Pebble, Pine, Plover, Plum, Poplar, Poppy,
Potter, Quarry, Quartz, Quince, Raven, Reed, Robin, Rook, Rope, Rose, Rosemary, Rowan, Rush, Saddler, Saffron,
Sage, Salt, Sand, Sedge, Shell, Silver, Slate, Sorrel, Spring, Starling, Stone, Swallow, Swan, Sycamore,
Tanner, Teal, Thistle, Thorn, Thrush, Thyme, Timber, Vine, Violet, Walnut, Weaver, Wheat, Willow, Wren, Yew
""")
ISLAND = _listed("""
Açafrão, Acácia, Açucena, Alecrim, Alfazema, Algodão, Amêndoa, Amora, Andorinha, Araucária, Atum, Azeite,
Azulejo, Baleia, Bálsamo, Barcaça, Búzio, Camélia, Camarão, Canavial, Cânfora, Caravela, Cegonha, Cereja,
Cisne, Cotovia, Dália, Damasco, Dragoeiro, Enguia, Espiga, Estrela, Faia, Figueira, Garça, Ginja, Girassol,
Golfinho, Hortelã, Jacarandá, Jangada, Junça, Lírio, Limoeiro, Magnólia, Malva, Maré, Medronho, Mirtilo,
Murta, Nespereira, Nogueira, Oliveira, Orquídea, Pardal, Pêssego, Pinhão, Pitanga, Romã, Rouxinol, Salgueiro,
Sardinha, Tília, Torga, Trevo, Urze, Videira
""")
# The empty endings leave some English words as they are.
SECOND = _listed("""
, , , bank, bridge, brook, burn, bury, cliff, combe, croft, dale, dene, field, ford, gate, grove, ham, haven,
hill, holme, hurst, land, leigh, mead, mere, moor, mount, over, ridge, shaw, side, stead, stoke, ton, vale,
view, wick, wood, worth
""")
PORTUGUESE = _listed("""
Alta, Baixa, Velha, Nova, da Serra, do Mar, da Fonte, do Cais, da Ponte, do Campo, da Torre, do Poço, da
Praia, do Monte, da Igreja, do Moinho, da Ermida, do Arco, da Ribeira, do Vale, dos Pescadores, dos Oleiros,
das Flores, do Sul, do Norte, da Ilha
""")
LIKE = {
    "primary": _listed("Avenue, Boulevard, Avenue, Road"),
    "secondary": _listed("Avenue, Road, Parade, Road, Way"),
    "tertiary": _listed("Road, Street, Road, Way, Hill"),
    "perimeter": _listed("Road, Lane"),
    "unclassified": _listed("Way, Road, Works Road, Yard"),
    "residential": _listed("Street, Street, Street, Road, Lane, Row, Terrace, Place, Rise, Gardens"),
    "old": _listed("Lane, Street, Alley, Steps, Row, Court, Passage, Lane"),
    "garden": _listed("Crescent, Drive, Gardens, Grove, Way, Rise, Green, Walk"),
    "close": _listed("Close, Court, Mews, Nook"),
    "service": _listed("College Walk, Court, Quad, Way"),
    "path": _listed("Walk, Path, Green Walk"),
    "motorway": _listed("Motorway, Ring, Bypass"),
    "coast": _listed("Esplanade, Promenade, Marginal, Sea Road"),
    "bank": _listed("Quay, Embankment, Wharf, Riverside"),
}
REPEATED = _listed("Church Lane, Station Road, Mill Street, São João Street")
