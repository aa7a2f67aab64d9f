"""Police forces, by the two digits that road casualty and other national returns know them by.

Text, not numbers: a code may begin with a zero. Those marked [K] are general knowledge, not
checked against the list.
"""

FORCES = {
    "01": "Metropolitan Police",  # [K]
    "03": "Cumbria",
    "04": "Lancashire",
    "05": "Merseyside",
    "06": "Greater Manchester",
    "07": "Cheshire",
    "10": "Northumbria",  # [K]
    "11": "Durham",  # [K]
    "12": "North Yorkshire",  # [K]
    "13": "West Yorkshire",
    "14": "South Yorkshire",
    "16": "Humberside",  # [K]
    "17": "Cleveland",  # [K]
    "20": "West Midlands",  # [K]
    "21": "Staffordshire",  # [K]
    "22": "West Mercia",  # [K]
    "23": "Warwickshire",  # [K]
    "30": "Derbyshire",  # [K]
    "31": "Nottinghamshire",  # [K]
    "32": "Lincolnshire",  # [K]
    "33": "Leicestershire",  # [K]
    "34": "Northamptonshire",  # [K]
    "35": "Cambridgeshire",  # [K]
    "36": "Norfolk",  # [K]
    "37": "Suffolk",  # [K]
    "40": "Bedfordshire",  # [K]
    "41": "Hertfordshire",  # [K]
    "42": "Essex",  # [K]
    "43": "Thames Valley",  # [K]
    "44": "Hampshire",  # [K]
    "45": "Surrey",  # [K]
    "46": "Kent",  # [K]
    "47": "Sussex",  # [K]
    "48": "City of London",  # [K]
    "50": "Devon and Cornwall",  # [K]
    "52": "Avon and Somerset",  # [K]
    "53": "Gloucestershire",  # [K]
    "54": "Wiltshire",  # [K]
    "55": "Dorset",  # [K]
    "60": "North Wales",  # [K]
    "61": "Gwent",  # [K]
    "62": "South Wales",  # [K]
    "63": "Dyfed-Powys",  # [K]
    "93": "British Transport Police",
    "other": "Another force",
}
