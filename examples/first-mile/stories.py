"""Five people whose stories the README tells: every row written by hand, so that their numbers stay what they are.

Each text holds rows of one import file, in the order of its columns (COLUMNS in make_example.py).
"""

JOBSEEKERS = """
JS-0001,နေကြာပန်း,f,1999,my,Three Wells,Example District North,MM,+959420000001,2024-02-27,CSO-MM,yes,yes,yes,no,yes
JS-0002,बिहानी तारा,m,1996,ne,Salt Hill,Example District South,NP,+9779800000001,2024-03-30,CSO-NP,yes,yes,yes,no,no
JS-0003,ផ្កាឈូក,f,2001,km,Old Ferry,Example District North,KH,,2024-04-29,CSO-KH,yes,no,yes,no,no
JS-0004,မိုးတိမ်,m,1993,my,Quiet Bend,Example District South,MM,,2024-02-05,CSO-MM,yes,yes,yes,no,no
JS-0005,ດອກຈຳປາ,f,2000,lo,Two Banyans,Example District North,LA,,2024-06-03,CSO-LA,yes,yes,yes,no,no
"""

JOURNEYS = """
J-0001,JS-0001,MM-TH,mou,AG-LANTERN,DL-01,Orchard packing hall A (fictitious),2024-03-04
J-0002,JS-0002,NP-MY,mou,AG-PEAK,DL-07,Kite glove line 1 (fictitious),2024-04-08
J-0003,JS-0003,KH-TH,mou,AG-RIVERS,DL-04,Orchard packing hall C (fictitious),2024-05-06
J-0004,JS-0004,MM-TH,regularisation,,,Fishing boat Seven Stars 1 (fictitious),2024-02-12
J-0005,JS-0005,LA-TH,mou,AG-RIVERS,DL-06,Loom hall East (fictitious),2024-06-10
"""

STAGES = """
J-0001,first_contact,2024-03-04,done
J-0001,registration,2024-03-18,done
J-0001,selection,2024-03-27,done
J-0001,identity_documents,2024-04-10,done
J-0001,medical_origin,2024-04-22,failed
J-0001,medical_origin,2024-05-06,repeated
J-0001,medical_origin,2024-05-08,done
J-0001,name_list,2024-05-20,done
J-0001,contract_signing,2024-05-28,done
J-0001,calling_visa,2024-06-10,done
J-0001,pre_departure,2024-06-24,done
J-0001,travel,2024-07-01,done
J-0001,arrival,2024-07-02,done
J-0001,work_permit,2024-07-15,done
J-0001,placement,2024-07-08,done
J-0001,post_placement,2024-10-08,done
J-0002,first_contact,2024-04-08,done
J-0002,registration,2024-04-22,done
J-0002,selection,2024-05-03,done
J-0002,identity_documents,2024-05-14,done
J-0002,medical_origin,2024-05-28,done
J-0002,contract_signing,2024-06-14,done
J-0002,calling_visa,2024-07-05,done
J-0002,pre_departure,2024-07-22,skipped
J-0002,travel,2024-07-29,done
J-0002,arrival,2024-07-30,done
J-0002,work_permit,2024-08-26,done
J-0002,placement,2024-08-05,done
J-0002,post_placement,2024-11-08,done
J-0003,first_contact,2024-05-06,done
J-0003,registration,2024-05-13,done
J-0003,selection,2024-05-24,done
J-0003,identity_documents,2024-06-05,done
J-0003,medical_origin,2024-06-12,done
J-0003,name_list,2024-06-26,done
J-0003,contract_signing,2024-07-04,done
J-0003,calling_visa,2024-07-18,done
J-0003,pre_departure,2024-08-05,done
J-0003,travel,2024-08-12,done
J-0003,arrival,2024-08-12,done
J-0003,work_permit,2024-08-27,done
J-0003,placement,2024-08-19,done
J-0003,post_placement,2024-11-19,done
J-0004,first_contact,2024-02-12,done
J-0004,placement,2024-03-04,done
J-0004,post_placement,2024-06-10,done
J-0005,first_contact,2024-06-10,done
J-0005,registration,2024-06-17,done
J-0005,selection,2024-06-28,done
J-0005,identity_documents,2024-07-10,done
J-0005,medical_origin,2024-07-17,done
J-0005,name_list,2024-07-31,done
J-0005,contract_signing,2024-08-08,done
J-0005,calling_visa,2024-08-20,done
J-0005,pre_departure,2024-09-02,done
J-0005,travel,2024-09-09,done
J-0005,arrival,2024-09-09,done
J-0005,work_permit,2024-09-23,done
J-0005,placement,2024-09-16,done
J-0005,post_placement,2024-12-16,done
"""

DECLARATIONS = {
    "AG-LANTERN": """
J-0001,interview_prep,worker,other,15000.00,MMK,2024-03-20,
J-0001,passport_fee,employer,official,25000.00,MMK,2024-04-10,BL-0101
J-0001,medical_exam_origin,employer,clinic,45000.00,MMK,2024-04-22,BL-0102
J-0001,medical_repeat,employer,clinic,30000.00,MMK,2024-05-06,BL-0103
J-0001,health_insurance,employer,insurer,990.00,THB,2024-05-20,
J-0001,agency_service_fee,employer,agency,300000.00,MMK,2024-05-28,BL-0104
J-0001,agency_service_fee,worker,agency,0,MMK,2024-05-28,
J-0001,visa_fee,employer,official,500.00,THB,2024-06-10,
J-0001,travel_international,employer,transport,500000.00,MMK,2024-07-01,BL-0105
J-0001,work_permit_fee,employer,official,1900.00,THB,2024-07-15,
J-0001,none,worker,,0,THB,2024-07-31,
""",
    "AG-PEAK": """
J-0002,medical_exam_origin,employer,clinic,6500.00,NPR,2024-05-28,PP-2001
J-0002,medical_exam_origin,worker,clinic,0,NPR,2024-05-28,
J-0002,agency_service_fee,worker,agency,10000.00,NPR,2024-06-14,PP-2002
J-0002,visa_fee,employer,official,20.00,MYR,2024-07-05,
J-0002,travel_international,employer,transport,38000.00,NPR,2024-07-29,PP-2003
J-0002,none,worker,,0,MYR,2024-08-31,
""",
    "AG-RIVERS": """
J-0003,passport_fee,worker,official,4.00,USD,2024-06-05,TR-3001
J-0003,agency_service_fee,worker,agency,150.00,USD,2024-07-04,TR-3002
J-0003,contract_legalisation,worker,official,10.00,USD,2024-07-04,
J-0003,visa_fee,worker,official,20.00,USD,2024-07-18,
J-0003,work_permit_fee,employer,official,1900.00,THB,2024-08-27,
J-0003,health_insurance,employer,insurer,3200.00,THB,2024-08-27,
J-0003,none,worker,,0,THB,2024-09-30,
J-0005,visa_fee,employer,official,500.00,THB,2024-08-20,
J-0005,work_permit_fee,employer,official,1900.00,THB,2024-09-23,
J-0005,health_insurance,employer,insurer,3200.00,THB,2024-09-23,
J-0005,board_lodging,worker,agency,1200.00,THB,2024-10-31,TR-5001
J-0005,board_lodging,worker,agency,1200.00,THB,2024-11-30,TR-5002
J-0005,none,worker,,0,THB,2024-12-10,
""",
}

REPORTS = """
RP-0001-1,J-0001,interview_prep,other,15000.00,MMK,2024-03-20,2024-06-22,cso_interview,pre_departure,no,A,no
RP-0001-2,J-0001,none,,0,,,2024-06-22,cso_interview,pre_departure,no,B,
RP-0001-3,J-0001,none,,0,,,2024-10-08,community_visit,post_placement,no,B,
RP-0002-1,J-0002,agency_service_fee,agency,85000.00,NPR,2024,2024-07-20,chat,pre_departure,no,C,no
RP-0002-2,J-0002,medical_exam_origin,clinic,6500.00,NPR,2024-05-28,2024-07-20,chat,pre_departure,no,A,no
RP-0002-1,J-0002,agency_service_fee,agency,95000.00,NPR,2024-06,2024-11-10,community_visit,post_placement,no,B,no
RP-0002-3,J-0002,loan_interest,lender,9000.00,NPR,,2024-11-10,community_visit,post_placement,no,B,no
RP-0002-4,J-0002,none,,0,,,2024-11-10,community_visit,post_placement,no,B,
RP-0003-1,J-0003,passport_fee,official,4.00,USD,2024-06-05,2024-08-03,cso_interview,pre_departure,no,A,no
RP-0003-2,J-0003,agency_service_fee,agency,150.00,USD,2024-07-04,2024-08-03,cso_interview,pre_departure,no,B,no
RP-0003-3,J-0003,contract_legalisation,official,10.00,USD,2024-07-04,2024-08-03,cso_interview,pre_departure,no,B,no
RP-0003-4,J-0003,visa_fee,official,20.00,USD,2024-07-18,2024-08-03,cso_interview,pre_departure,no,B,no
RP-0003-5,J-0003,none,,0,,,2024-11-19,hotline,post_placement,no,B,
RP-0004-1,J-0004,broker_fee,sub_agent,6000.00,THB,2024-02,2024-06-10,ambassador,post_placement,no,C,no
RP-0004-2,J-0004,bribe,official,3000.00,THB,2024-03,2024-06-10,ambassador,post_placement,no,C,no
RP-0004-3,J-0004,credential_check,employer,2500.00,THB,2024-03-29,2024-06-10,ambassador,post_placement,no,B,no
RP-0004-4,J-0004,none,,0,,,2024-06-10,ambassador,post_placement,no,B,
RP-0005-1,J-0005,board_lodging,agency,1200.00,THB,2024-10-31,2024-12-16,cso_interview,post_placement,no,A,no
RP-0005-2,J-0005,board_lodging,agency,1200.00,THB,2024-11-30,2024-12-16,cso_interview,post_placement,no,A,no
RP-0005-3,J-0005,none,,0,,,2024-12-16,cso_interview,post_placement,no,B,
"""

REPAYMENTS = """
RE-0003-1,J-0003,,employer,3000.00,THB,2024-12-27,all,,2025-01-11,hotline,no
RE-0003-2,J-0003,,employer,3800.00,THB,2025-01-27,,,,,
RE-0003-2,J-0003,,employer,3800.00,THB,2025-01-27,all,,2025-02-09,hotline,no
RE-0004-1,J-0004,credential_check,employer,2500.00,THB,2024-09-30,less,1500.00,2024-10-14,cso_interview,no
"""

DEBTS = """
DE-0002-1,J-0002,lender,60000.00,NPR,2024-05-10,yes,60000.00,2024-07-20
DE-0002-1,J-0002,lender,60000.00,NPR,2024-05-10,yes,42000.00,2024-11-10
DE-0004-1,J-0004,vessel_owner,18000.00,THB,2024-03-04,yes,18000.00,2024-06-10
DE-0004-1,J-0004,vessel_owner,18000.00,THB,2024-03-04,yes,11000.00,2024-10-14
"""

COLLATERAL = """
CO-0004-1,J-0004,land title,sub_agent,2024-02-14,
"""
