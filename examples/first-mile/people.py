"""Who takes part in the worked example: people, organisations, demand letters and promises. All of it is invented.

People are called after flowers, stars, weather, days and virtues, each in their own script; the English beside a name
is what it means. Organisations say "(fictitious)" in their names. Texts with commas are the rows of an import file.
"""

COUNTRIES = {"MM-TH": "MM", "KH-TH": "KH", "LA-TH": "LA", "NP-MY": "NP"}
LANGUAGES = {"MM": "my", "KH": "km", "LA": "lo", "NP": "ne"}

# The same name as any phone of the old kind would have typed it, in Zawgyi: an importer has to notice and convert.
ZAWGYI_NAME = "ၾကယ္ျပာ"  # Blue Star; in Unicode ကြယ်ပြာ

# (name, sex); the first of each country is the person of a story, of Myanmar the first two.
NAMES = {
    "MM": [
        ("နေကြာပန်း", "f"),  # Sunflower
        ("မိုးတိမ်", "m"),  # Rain Cloud
        (ZAWGYI_NAME, "m"),  # Blue Star
        ("လပြည့်ည", "f"),  # Full-Moon Night
        ("နှင်းဆီဖြူ", "f"),  # White Rose
        ("ကြာပန်းညို", "f"),  # Blue Lotus
        ("သစ္စာ မနက်ခင်း", "m"),  # Truthful Morning
        ("ပိတောက်ဝါ", "f"),  # Yellow Padauk
        ("စံပယ်ရုံ", "f"),  # Jasmine Bush
        ("ငွေရောင်လ", "m"),  # Silver Moon
        ("သဇင်ပန်း", "f"),  # Orchid
        ("ဆောင်းနှင်း", "m"),  # Winter Dew
        ("နွေဦး ကြယ်", "m"),  # Star of Spring
        ("တနင်္လာ ပန်း", "f"),  # Monday Flower
        ("အင်္ဂါ ကြယ်", "m"),  # Tuesday Star
        ("ကြာသပတေး မိုး", "m"),  # Thursday Rain
        ("သောကြာ လေပြေ", "x"),  # Friday Breeze
        ("ခွန်အား", "m"),  # Strength
        ("မေတ္တာ ရေစင်", "f"),  # Kindness, Clear Water
        ("သည်းခံခြင်း", "m"),  # Patience
        ("ရွှေတိမ်တိုက်", "m"),  # Golden Cloud
        ("သက်တံ့ရောင်", "f"),  # Rainbow
    ],
    "KH": [
        ("ផ្កាឈូក", "f"),  # Lotus
        ("ផ្កាយព្រឹក", "m"),  # Morning Star
        ("ចន្ទពេញវង់", "f"),  # Full Moon
        ("ផ្ការំដួល", "f"),  # Romduol Flower
        ("ទឹកភ្លៀង", "m"),  # Rainwater
        ("មេឃខៀវ", "m"),  # Blue Sky
        ("អំណត់", "f"),  # Patience
        ("ថ្ងៃអង្គារ", "m"),  # Tuesday
        ("ផ្កាម្លិះ", "f"),  # Jasmine
        ("ដួងតារា", "f"),  # Star
        ("ស្លឹកឈើ", "m"),  # Leaf
        ("ខ្យល់ត្រជាក់", "m"),  # Cool Wind
    ],
    "LA": [
        ("ດອກຈຳປາ", "f"),  # Champa Flower
        ("ດາວເໜືອ", "m"),  # North Star
        ("ດອກບົວ", "f"),  # Lotus
        ("ຟ້າໃສ", "m"),  # Clear Sky
        ("ຄວາມອົດທົນ", "f"),  # Patience
        ("ດາວປະກາຍ", "f"),  # Sparkling Star
        ("ວັນພຸດ ສີຂຽວ", "m"),  # Green Wednesday
        ("ດອກກຸຫຼາບ", "f"),  # Rose
        ("ນ້ຳຄ້າງ", "f"),  # Dew
        ("ໝອກເຊົ້າ", "m"),  # Morning Mist
        ("ເດືອນເພັງ", "f"),  # Full Moon
        ("ຝົນຕົ້ນປີ", "m"),  # First Rain of the Year
    ],
    "NP": [
        ("बिहानी तारा", "m"),  # Morning Star
        ("सूर्यमुखी फूल", "f"),  # Sunflower
        ("निलो आकाश", "m"),  # Blue Sky
        ("धैर्य बुधबार", "m"),  # Patience, Wednesday
        ("सयपत्री माला", "f"),  # Marigold Garland
        ("लालीगुराँस वन", "m"),  # Rhododendron Forest
        ("सेतो बादल", "m"),  # White Cloud
        ("पूर्णिमा रात", "f"),  # Full-Moon Night
        ("उत्तरी तारा", "m"),  # Northern Star
        ("इमान मंगलबार", "m"),  # Honesty, Tuesday
        ("हिउँ चुली", "m"),  # Snow Peak
        ("शीतल हावा", "f"),  # Cool Wind
        ("मखमली फूल", "f"),  # Globe Amaranth
        ("साँझ बत्ती", "m"),  # Evening Lamp
    ],
}

VILLAGES = ["Three Wells", "Lantern Ford", "Bamboo Bridge", "Old Ferry", "Two Banyans", "Salt Hill", "Quiet Bend"]
DISTRICTS = ["Example District North", "Example District South"]

# Numbers of a form that the country uses; the rows of noughts say that they are nobody's. Most people have none.
PHONES = {
    "MM": ["+959420000001", "09 420 000 002"],
    "KH": ["+85512000001", "012 000 002"],
    "LA": ["+8562020000001", "020 2000 0002"],
    "NP": ["+9779800000001", "980-0000002"],
}

# Who of the partners is where: the village partner that met the people of a country.
CSO_OF = {"MM": "CSO-MM", "KH": "CSO-KH", "LA": "CSO-LA", "NP": "CSO-NP"}

ORGANISATIONS = """
AG-LANTERN,agency,Blue Lantern Recruitment (fictitious),MM,EX-MM-0001,2024-01-01,2025-12-31
AG-RIVERS,agency,Two Rivers Manpower (fictitious),KH,EX-KH-0002,2024-01-01,2025-03-31
AG-PEAK,agency,Paper Peak Overseas (fictitious),NP,EX-NP-0003,2024-01-01,2025-12-31
CSO-LEAD,cso,Village Lights Network (fictitious),TH,,,
CSO-MM,cso,Padauk Village Circle (fictitious),MM,,,
CSO-KH,cso,Romduol Village Circle (fictitious),KH,,,
CSO-LA,cso,Champa Village Circle (fictitious),LA,,,
CSO-NP,cso,Marigold Village Circle (fictitious),NP,,,
EM-ORCHARD,employer,Morning Orchard Fruit Packing (fictitious),TH,,,
EM-TIDE,employer,Quiet Tide Seafood (fictitious),TH,,,
EM-LOOM,employer,Silver Loom Garments (fictitious),TH,,,
EM-STARS,employer,Seven Stars Fishing Boats (fictitious),TH,,,
EM-KITE,employer,Red Kite Gloves (fictitious),MY,,,
EM-HILL,employer,Green Hill Electronics (fictitious),MY,,,
PT-CEDAR,partner,Cedar Food Imports (fictitious),GB,,,
PT-MAPLE,partner,Maple Wear Imports (fictitious),US,,,
PT-MARKET,partner,Corner Market Stores (fictitious),GB,,,
FUND-HARBOUR,fund_operator,Safe Harbour Relief Fund (fictitious),TH,,,
"""

SUPPLY_CHAINS = """
PT-CEDAR,EM-ORCHARD,importer,2024-01-01,
PT-CEDAR,EM-TIDE,importer,2024-01-01,
PT-CEDAR,EM-STARS,importer,2024-01-01,2025-06-30
PT-MARKET,EM-ORCHARD,retailer,2024-01-01,
PT-MARKET,EM-TIDE,retailer,2024-06-01,
PT-MAPLE,EM-LOOM,importer,2024-01-01,
PT-MAPLE,EM-KITE,importer,2024-03-01,
PT-MAPLE,EM-HILL,importer,2024-03-01,
"""

DEMAND_LETTERS = """
DL-01,EM-ORCHARD,AG-LANTERN,MM-TH,fruit packer,40,10400.00,THB,2024-01-22
DL-02,EM-TIDE,AG-LANTERN,MM-TH,seafood sorter,30,9700.00,THB,2024-02-05
DL-03,EM-LOOM,AG-RIVERS,KH-TH,machine operator,25,9700.00,THB,2024-02-12
DL-04,EM-ORCHARD,AG-RIVERS,KH-TH,fruit packer,25,10400.00,THB,2024-03-18
DL-05,EM-TIDE,AG-RIVERS,LA-TH,seafood sorter,20,9700.00,THB,2024-01-29
DL-06,EM-LOOM,AG-RIVERS,LA-TH,machine operator,20,9700.00,THB,2024-02-19
DL-07,EM-KITE,AG-PEAK,NP-MY,glove packer,60,1500.00,MYR,2024-01-15
DL-08,EM-HILL,AG-PEAK,NP-MY,assembler,30,1500.00,MYR,2024-03-04
"""

# DL-01, DL-04 and DL-07: everything. DL-02, DL-05 and DL-08: some, or up to a limit. DL-03 and DL-06: not a word.
# The promise of DL-04 came in August 2024, when the first people had paid already.
COMMITMENTS = """
DL-01,*,employer,,,2024-01-29
DL-01,interview_prep,worker,,,2024-01-29
DL-02,passport_fee,employer,,,2024-02-12
DL-02,medical_exam_origin,employer,,,2024-02-12
DL-02,visa_fee,employer,,,2024-02-12
DL-02,work_permit_fee,employer,,,2024-02-12
DL-02,health_insurance,employer,,,2024-02-12
DL-02,travel_international,employer,300000.00,MMK,2024-02-12
DL-02,agency_service_fee,agency,,,2024-02-12
DL-02,interview_prep,worker,,,2024-02-12
DL-04,*,employer,,,2024-08-01
DL-05,work_permit_fee,employer,,,2024-02-05
DL-05,visa_fee,employer,400000.00,LAK,2024-02-05
DL-05,health_insurance,employer,1000.00,THB,2024-02-05
DL-07,*,employer,,,2024-01-22
DL-08,*,employer,20000.00,NPR,2024-03-11
DL-08,levy_passthrough,employer,,,2024-03-11
DL-08,board_lodging,worker,,,2024-03-11
"""

WORKSITES = {
    "DL-01": ["Orchard packing hall A (fictitious)", "Orchard packing hall B (fictitious)"],
    "DL-02": ["Tide cold store 1 (fictitious)", "Tide cold store 2 (fictitious)"],
    "DL-03": ["Loom hall East (fictitious)", "Loom hall West (fictitious)"],
    "DL-04": ["Orchard packing hall A (fictitious)", "Orchard packing hall C (fictitious)"],
    "DL-05": ["Tide cold store 1 (fictitious)", "Tide cold store 3 (fictitious)"],
    "DL-06": ["Loom hall East (fictitious)", "Loom hall West (fictitious)"],
    "DL-07": ["Kite glove line 1 (fictitious)", "Kite glove line 2 (fictitious)"],
    "DL-08": ["Hill assembly hall (fictitious)", "Hill test hall (fictitious)"],
    "": ["Fishing boat Seven Stars 1 (fictitious)", "Fishing boat Seven Stars 2 (fictitious)"],
}
AGENCY_OF = {row.split(",")[0]: row.split(",")[2] for row in DEMAND_LETTERS.split("\n") if row}
